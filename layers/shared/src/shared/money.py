"""Money in integer minor units of an ISO 4217 currency: never a float."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# ISO 4217's exceptions to two decimals.
_DECIMALS = dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0)
_DECIMALS |= dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0)
_DECIMALS |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
    CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905  a list of quoted codes is harder to read
)
"""The currencies of ISO 4217 that people pay in; no metals, no units of account, no test codes."""

MAX_MINOR_UNITS = 100_000_000_000
"""A thousand million pounds: what is more is a slip. Sums of such amounts stay whole in every client's numbers."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_DECIMAL = re.compile(r"(?P<whole>[0-9]{1,15})(\.(?P<fraction>[0-9]{1,15}))?")


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` counts minor units (pence, cents) of `currency`, e.g. Money(1299, "GBP") is £12.99."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or isinstance(self.amount, bool):
            raise TypeError("an amount is a whole number of minor units")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError("a currency is a three-letter ISO 4217 code such as GBP")

    def __str__(self) -> str:
        """`GBP 1,299.00`, with as many decimals as the currency has."""
        return f"{self.currency} {self._decimal(',')}"

    @property
    def decimal(self) -> str:
        """`1299.00`, as programs read it."""
        return self._decimal("")

    def _decimal(self, separator: str) -> str:
        decimals = decimals_of(self.currency)
        whole, minor = divmod(abs(self.amount), 10**decimals)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole:{separator}}" + (f".{minor:0{decimals}d}" if decimals else "")

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)


def decimals_of(currency: str) -> int:
    """How many decimals its major unit has."""
    return _DECIMALS.get(currency, 2)


def one_unit(currency: str) -> Money:
    """One pound, dollar or yen."""
    return Money(10 ** decimals_of(currency), currency)


def minor_units(decimal: str, currency: str) -> int:
    """The amount that people write as `12.99` or `12`: 1299, 1200. Raises ValueError, saying what is wrong with it."""
    written = _DECIMAL.fullmatch(decimal)
    if not written:
        raise ValueError("must be a number such as 12.99: digits and a point, nothing else")
    decimals = decimals_of(currency)
    fraction = (written["fraction"] or "").rstrip("0")
    if len(fraction) > decimals:
        raise ValueError(f"has more than the {decimals} decimals of {currency}")
    return int(written["whole"] + fraction.ljust(decimals, "0"))


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum per currency, in the order of the currencies' codes."""
    sums: dict[str, int] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, 0) + money.amount
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))
