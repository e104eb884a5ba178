"""A million checkouts in memory, of whose calls a tenth fails: `python -m benchmarks.simulated_checkouts 1000000`.

Every shop of a hundred customers has to add up to the penny, or the run ends with what does not. The functions' domain
and the deployed state machine are real, the tables and the provider are the tests' fakes.
"""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from operator import add

from commerce.payments.domain.ledger import Account
from tests.commerce.checkout.simulation import Simulated, simulate

_A_SHOP, _SHARE_OF_FAULTS = 100, 0.1


def _shop(seed: int) -> Simulated:
    return simulate(_A_SHOP, _SHARE_OF_FAULTS, seed)


def main(checkouts: int) -> None:
    started = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        total = reduce(add, pool.map(_shop, range(checkouts // _A_SHOP), chunksize=20), Simulated())
    seconds = time.monotonic() - started
    print(f"{total.checkouts:,} checkouts, {total.calls:,} calls, {total.faults:,} of them failed, {seconds:.0f} s")
    for status, number in total.statuses.most_common():
        print(f"  {status:16}{number:>12,}")
    for account in Account:
        print(f"  {account:16}{total.accounts[account] / 100:>16,.2f}")
    print(f"  {'sum':16}{sum(total.accounts.values()) / 100:>16,.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
