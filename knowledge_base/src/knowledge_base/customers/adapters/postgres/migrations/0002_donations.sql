-- What customers have given. Anonymous gifts are not among them.

CREATE TABLE donations (
    donation_id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES customers,
    amount bigint NOT NULL,
    currency text NOT NULL,
    frequency text NOT NULL,
    received_at timestamptz NOT NULL,
    order_id text
);

CREATE INDEX donations_of_customer ON donations (user_id, received_at DESC);

CREATE TABLE donation_changes (
    change_id text PRIMARY KEY,
    donation_id text NOT NULL,  -- which may still have to come
    user_id text NOT NULL REFERENCES customers,
    amount bigint NOT NULL  -- negative where money was given or taken back
);

CREATE INDEX changes_of_donation ON donation_changes (donation_id);

CREATE INDEX changes_of_customer ON donation_changes (user_id);
