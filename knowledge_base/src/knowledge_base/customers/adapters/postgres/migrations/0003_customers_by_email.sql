-- no transaction
-- For the mail of customers: whose address is it? Built while customers are read and written.

DROP INDEX CONCURRENTLY IF EXISTS customers_by_email;  -- one that broke off is there, but of no use

CREATE INDEX CONCURRENTLY customers_by_email ON customers (lower(email));
