DROP TABLE IF EXISTS recovery_codes;
--bun:split
DROP TABLE IF EXISTS second_factors;
