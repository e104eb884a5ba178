"""The composition root of imports and exports."""

from datetime import UTC, datetime
from functools import cache

from commerce import settings
from commerce.catalogue.adapters.products import DynamoProducts
from commerce.catalogue.wiring import cursors
from commerce.imports.adapters.exports import S3Exports
from commerce.imports.adapters.files import S3ImportFiles
from commerce.imports.adapters.imports import DynamoImports
from commerce.imports.adapters.queue import SqsImports
from commerce.imports.domain.accepting import Accepting
from commerce.imports.domain.grouping import Group
from commerce.imports.domain.importing import Importer
from commerce.imports.domain.starting import ImportStarter
from commerce.imports.domain.working import ImportWorker
from commerce.imports.requests import line_validator, read_file
from commerce.stock.domain.recounting import Recounts
from commerce.stock.wiring import stock_ledger
from shared.aws.threads import Threads
from shared.dynamodb.transactions import Transaction

__all__ = ["accepting", "catalogue", "cursors", "exports", "files", "imports", "starter", "worker"]

_CONCURRENT_WRITES = 16


def currency() -> str:
    return settings.ImportedCatalogue().currency


@cache
def catalogue() -> DynamoProducts:
    return DynamoProducts(settings.ImportedCatalogue().products_table, None)


@cache
def importer() -> Importer:
    recounts = Recounts(ledger=stock_ledger(), begin=Transaction)
    return Importer(catalogue(), recounts, Threads(_CONCURRENT_WRITES, thread_name_prefix="import"))


@cache
def imports() -> DynamoImports:
    return DynamoImports(settings.Imports().imports_table)


@cache
def files() -> S3ImportFiles:
    return S3ImportFiles(settings.ImportFiles().imports_bucket)


@cache
def exports() -> S3Exports:
    return S3Exports(settings.ImportFiles().imports_bucket)


@cache
def _queue() -> SqsImports:
    return SqsImports(settings.ImportQueue().import_queue_url)


@cache
def starter() -> ImportStarter:
    return ImportStarter(imports=imports(), files=files(), queue=_queue())


def _read(content: bytes, content_type: str) -> list[Group]:
    return read_file(content, content_type, currency())


@cache
def accepting() -> Accepting:
    return Accepting(importer=importer(), starter=starter(), read=_read, validate=line_validator(currency()))


@cache
def worker() -> ImportWorker:
    return ImportWorker(
        imports=imports(),
        files=files(),
        queue=_queue(),
        importer=importer(),
        read=_read,
        validate=line_validator(currency()),
        clock=lambda: datetime.now(UTC),
    )
