-- no transaction
-- The user pool says whose address it is, so nobody looks customers up by theirs.

DROP INDEX CONCURRENTLY IF EXISTS customers_by_email;
