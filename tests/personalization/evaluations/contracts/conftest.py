from tests.personalization.articles.contracts.conftest import local_aws, tables

__all__ = ["local_aws", "tables"]
