package data

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// Orphans says which tables have rows that refer to rows that are not there; empty when all is well.
// Both databases refuse to write such rows, so there are some only after somebody turned that off.
func (d *DB) Orphans(ctx context.Context) ([]string, error) {
	if d.MySQL {
		return d.orphansMySQL(ctx)
	}
	var rows []struct {
		Child, Parent string
		N             int
	}
	q := d.Read.NewRaw(`SELECT "table" AS child, parent, count(*) AS n FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2`)
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("check the references: %w", err)
	}
	var said []string
	for _, r := range rows {
		said = append(said, orphans(r.N, r.Child, r.Parent))
	}
	return said, nil
}

func orphans(n int, child, parent string) string {
	return fmt.Sprintf("%d rows of %s refer to rows of %s that are not there", n, child, parent)
}

func (d *DB) orphansMySQL(ctx context.Context) ([]string, error) {
	var keys []struct{ Child, Col, Parent, Id string } //nolint:revive // Bun finds the column id by this name
	err := d.Read.NewRaw(`SELECT table_name AS child, column_name AS col, referenced_table_name AS parent, referenced_column_name AS id
		FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL ORDER BY 1, 2`).Scan(ctx, &keys)
	if err != nil {
		return nil, fmt.Errorf("list the references: %w", err)
	}
	var said []string
	for _, k := range keys {
		var n int
		err := d.Read.NewRaw("SELECT count(*) FROM ? AS c LEFT JOIN ? AS p ON p.? = c.? WHERE c.? IS NOT NULL AND p.? IS NULL",
			bun.Ident(k.Child), bun.Ident(k.Parent), bun.Ident(k.Id), bun.Ident(k.Col), bun.Ident(k.Col), bun.Ident(k.Id)).Scan(ctx, &n)
		if err != nil {
			return nil, fmt.Errorf("check the references of %s: %w", k.Child, err)
		}
		if n > 0 {
			said = append(said, orphans(n, k.Child, k.Parent))
		}
	}
	return said, nil
}

// Oddities are MySQL's settings under which the portal would not work as it was made to, a sentence each.
func (d *DB) Oddities(ctx context.Context) ([]string, error) {
	if !d.MySQL {
		return nil, nil
	}
	var mode, isolation string
	if err := d.Read.QueryRowContext(ctx, "SELECT @@SESSION.sql_mode").Scan(&mode); err != nil {
		return nil, fmt.Errorf("ask for the database's settings: %w", err)
	}
	if err := d.Read.QueryRowContext(ctx, "SELECT @@SESSION.tx_isolation").Scan(&isolation); err != nil {
		// MySQL 8 has the other name only.
		if err := d.Read.QueryRowContext(ctx, "SELECT @@SESSION.transaction_isolation").Scan(&isolation); err != nil {
			return nil, fmt.Errorf("ask for the database's settings: %w", err)
		}
	}
	var wrong []string
	if !strings.Contains(mode, "STRICT_TRANS_TABLES") && !strings.Contains(mode, "STRICT_ALL_TABLES") {
		wrong = append(wrong, "Without STRICT_TRANS_TABLES in sql_mode the database cuts texts that are too long without a word; add it.")
	}
	if isolation != "REPEATABLE-READ" && isolation != "SERIALIZABLE" {
		wrong = append(wrong, fmt.Sprintf("The isolation of transactions is %s; set transaction_isolation to REPEATABLE-READ.", isolation))
	}
	return wrong, nil
}
