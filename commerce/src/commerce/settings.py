"""The only place of this context that reads the environment: the variables of each feature's functions."""

from shared.settings import Settings


class Catalogue(Settings):
    products_table: str
    idempotency_table: str
    currency: str


class ImagesUrl(Settings):
    """Images are served at their keys under it."""

    images_url: str


class CursorKey(Settings):
    cursor_key: str


class ProductEvents(Settings):
    """`stock_low_at` counts pieces."""

    event_bus_name: str
    stock_low_at: str


class FirstAnswers(Settings):
    idempotency_table: str


class Images(Settings):
    products_table: str
    uploads_table: str
    images_bucket: str


class Stock(Settings):
    products_table: str
    stock_movements_table: str


class ImportedCatalogue(Settings):
    products_table: str
    currency: str


class Imports(Settings):
    imports_table: str


class ImportFiles(Settings):
    imports_bucket: str


class ImportQueue(Settings):
    import_queue_url: str


class Search(Settings):
    """`search_url` names the engine: https:, file: or none:."""

    search_url: str


class WholeCatalogue(Settings):
    products_table: str


class Locks(Settings):
    locks_table: str


class DeadLetters(Settings):
    dead_letters_queue_url: str


class Carts(Settings):
    carts_table: str


class Checkouts(Settings):
    checkouts_table: str


class EventBus(Settings):
    event_bus_name: str


class Orders(Settings):
    orders_table: str


class Erasure(Settings):
    """`record_years` are those in which the law has us keep what was bought and declared."""

    record_years: str


class Counters(Settings):
    counters_table: str


class Ledger(Settings):
    ledger_table: str


class StripeKeySecret(Settings):
    """The ARN of a secret of Secrets Manager."""

    stripe_key_secret: str


class Stripe(Settings):
    """`stripe_url` is Stripe's or that of a stand-in."""

    stripe_url: str


class SettlementQueue(Settings):
    settlement_queue_url: str


class Parts(Settings):
    parts_table: str


class ChatHistory(Settings):
    chat_history_table: str


class HelpPages(Settings):
    help_bucket: str


class Charity(Settings):
    """`time_zone` is the IANA name of where the charity is."""

    time_zone: str


class CharityName(Settings):
    """As it is registered."""

    charity_name: str


class Proposals(Settings):
    proposals_table: str


class SupportModel(Settings):
    model_id: str
    model_max_tokens: str
    model_temperature: str


class CheckoutOpening(Settings):
    """`shipping_amount` is in minor units of the shop's currency."""

    checkout_machine_arn: str
    shipping_amount: str


class CheckoutPayments(Settings):
    """`payment_return_url` is where a customer's bank sends the browser back to."""

    order_queue_url: str
    payment_return_url: str


class PaymentEvents(Settings):
    payment_events_table: str


class Figures(Settings):
    figures_table: str


class Categories(Settings):
    categories_table: str
