package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/audit"
	"portal/app/auth"
	"portal/app/data"
	"portal/app/secret"
)

// sealedColumn is a column whose texts are sealed with the secret key; see package secret.
type sealedColumn struct {
	table  string
	column string
	prefix string   // of what a text is bound to, followed by the values of bound with | between
	bound  []string // the first is the table's key
}

// sealed are all of them. Whoever seals another column adds it here, or its texts are lost when the key changes.
// A table that this portal does not have is passed over, and so is a text that is not sealed.
var sealed = []sealedColumn{
	{table: "second_factors", column: "secret", prefix: "totp|", bound: []string{"user_id"}},
	{table: "mails", column: "body", prefix: "mail|", bound: []string{"event", "recipient"}},
}

// sealedMark begins every sealed text.
const sealedMark = "v1."

// Rekeyed is what was sealed with another key.
type Rekeyed struct {
	Texts int
	Lines int64 // of the audit log, verified before
}

// Rekey seals with the new key whatever the portal's own key sealed, goes on with the audit log's chain under it, and
// ends all sessions: all of it or nothing. What is sealed with the new key already stays as it is, so that it can
// be run again. No server may run meanwhile.
// Errors: a sentence that names the first text that neither key opens; as audit.Log's Rekey.
func (p *Portal) Rekey(ctx context.Context, key string) (Rekeyed, error) {
	var n Rekeyed
	was, err := secret.NewBox(p.Config.SecretKey)
	if err != nil {
		return n, err
	}
	will, err := secret.NewBox(key)
	if err != nil {
		return n, err
	}
	log, err := audit.New(p.DB, key)
	if err != nil {
		return n, err
	}
	err = p.DB.Write(ctx, func(tx *data.Tx) error {
		n = Rekeyed{}
		for _, c := range sealed {
			done, err := c.rekey(ctx, tx, was, will)
			if err != nil {
				return err
			}
			n.Texts += done
		}
		var err error
		if n.Lines, err = p.Audit.Rekey(ctx, tx, log); err != nil {
			return fmt.Errorf("go on with the audit log: %w", err)
		}
		for _, table := range []string{"sessions", "sign_ins"} {
			if _, err := tx.NewDelete().Table(table).Where("1 = 1").Exec(ctx); err != nil {
				return fmt.Errorf("end all sessions: %w", err)
			}
		}
		tx.Changed(data.Change{Feature: "admin", Kind: "key", What: "changed the secret key", Title: "Secret key", Stale: []string{auth.AccessKey}})
		return nil
	})
	if err != nil {
		return n, err
	}
	_, err = log.Check(ctx, "command line", nil) // it seals the line about the change, too
	return n, err
}

func (c sealedColumn) rekey(ctx context.Context, tx *data.Tx, was, will secret.Box) (int, error) {
	there, err := hasTable(ctx, tx, c.table)
	if err != nil || !there {
		return 0, err
	}
	rows, err := c.rows(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		bound := c.prefix + strings.Join(r[1:], "|")
		text, err := was.Open(bound, r[0])
		if err != nil {
			if _, err := will.Open(bound, r[0]); err == nil {
				continue // an earlier run came this far
			}
			return 0, fmt.Errorf("nothing was changed: %s of the row %s in %s was sealed with another key; set PORTAL_SECRET_KEY to that", c.column, r[1], c.table)
		}
		_, err = tx.NewUpdate().Table(c.table).Set("? = ?", bun.Ident(c.column), will.Seal(bound, text)).
			Where("? = ?", bun.Ident(c.bound[0]), r[1]).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("seal %s of %s: %w", c.column, c.table, err)
		}
	}
	return len(rows), nil
}

// rows are the sealed texts, each with what it is bound to.
func (c sealedColumn) rows(ctx context.Context, tx *data.Tx) ([][]string, error) {
	q := tx.NewSelect().Table(c.table).Column(append([]string{c.column}, c.bound...)...).Where("? LIKE ?", bun.Ident(c.column), sealedMark+"%")
	rows, err := q.Rows(ctx)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", c.table, err)
	}
	defer func() { _ = rows.Close() }()
	var all [][]string
	for rows.Next() {
		row := make([]string, 1+len(c.bound))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read %s: %w", c.table, err)
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func hasTable(ctx context.Context, tx *data.Tx, name string) (bool, error) {
	query := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if tx.MySQL {
		query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?"
	}
	var n int
	if err := tx.NewRaw(query, name).Scan(ctx, &n); err != nil {
		return false, fmt.Errorf("look for the table %s: %w", name, err)
	}
	return n > 0, nil
}
