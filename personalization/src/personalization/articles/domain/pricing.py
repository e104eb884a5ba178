"""What an answer costs, in whole millionths of a currency's unit."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from shared.models.model import Usage


@dataclass(frozen=True, slots=True)
class Cost:
    """`micros`: millionths of the currency's unit."""

    micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class Prices:
    """For a million tokens, in the currency's unit: at 3.00, one token costs three millionths."""

    input: Decimal
    output: Decimal
    currency: str

    def cost(self, usage: Usage) -> Cost:
        """Rounded up once, in total."""
        exact = self.input * usage.input_tokens + self.output * usage.output_tokens
        return Cost(int(exact.to_integral_value(ROUND_CEILING)), self.currency)
