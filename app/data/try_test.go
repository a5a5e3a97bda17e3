package data_test

import (
	"errors"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
)

func TestTx_TryTakesBackWhatFailedAndKeepsTheRest(t *testing.T) {
	p := apptest.New(t)
	refused := errors.New("refused")
	write := func(tx *data.Tx, name string, with error) error {
		return tx.Try(p.Context(), func() error {
			row := map[string]any{"name": name, "value": "x", "updated_at": tx.Now}
			if _, err := tx.NewInsert().Model(&row).Table("settings").Exec(p.Context()); err != nil {
				return err
			}
			tx.Changed(data.Change{Feature: "app", Kind: "part", What: "wrote " + name, Title: name})
			return with
		})
	}
	err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
		if err := write(tx, "first", nil); err != nil {
			return err
		}
		if err := write(tx, "second", refused); !errors.Is(err, refused) {
			t.Errorf("the part's error is %v", err)
		}
		return write(tx, "third", nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := p.Count("settings", "name IN ('first', 'third')"); n != 2 || p.Count("settings", "name = 'second'") != 0 {
		t.Errorf("%d of the two parts that worked", n)
	}
	if n := p.Count("history", "kind = 'app.part'"); n != 2 {
		t.Errorf("%d sentences were kept", n)
	}
}
