-- Where the other nodes reach the one that holds the lease, and what they show it so that it believes for whom they speak. The row tells
-- of the session that holds the lease; of a node that lost it, it tells nothing any more.
ALTER TABLE silo_fence ADD COLUMN session integer, ADD COLUMN address text, ADD COLUMN secret text;
