"""Which layers a function needs beside the shared one: those that carry a package that its code can come to import."""

from tests.architecture.variables import modules_reached

_IMPORTED_BY: dict[str, tuple[str, ...]] = {
    "OpenSearchLayer": ("commerce.search.adapters.opensearch.",),
    "PicturesLayer": ("commerce.images.adapters.pillow_renderer",),
    "PostgresLayer": ("knowledge_base.customers.adapters.postgres.",),
    "PaymentsLayer": ("commerce.payments.adapters.stripe_provider", "commerce.payments.adapters.stripe_webhooks"),
}
"""The only modules that import a layer's packages: see .importlinter."""


def layers_needed(handler_module: str) -> set[str]:
    modules = modules_reached(handler_module)
    return {layer for layer, names in _IMPORTED_BY.items() if any(module.startswith(names) for module in modules)}
