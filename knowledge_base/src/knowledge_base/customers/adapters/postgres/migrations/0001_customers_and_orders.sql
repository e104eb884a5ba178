-- Who is somebody's customer, and what they have bought.

CREATE TABLE customers (
    user_id text PRIMARY KEY,
    name text,
    email text,
    email_version integer NOT NULL DEFAULT 0,  -- that of the event which said it; 0 without one
    since timestamptz,
    erased_at timestamptz  -- then the row is an id that leads to nobody, and is kept for good
);

-- The total and the time are of the order's first event, which may come after others.
CREATE TABLE orders (
    order_id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES customers,
    number text NOT NULL,
    status text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'fulfilled', 'cancelled')),
    total bigint,
    currency text,
    placed_at timestamptz
);

CREATE INDEX orders_of_customer ON orders (user_id, placed_at DESC);

CREATE TABLE order_refunds (
    refund_id text PRIMARY KEY,
    order_id text NOT NULL,  -- which may still have to come
    user_id text NOT NULL REFERENCES customers,
    amount bigint NOT NULL,
    failed boolean NOT NULL
);

CREATE INDEX refunds_of_order ON order_refunds (order_id) WHERE NOT failed;

CREATE INDEX refunds_of_customer ON order_refunds (user_id);
