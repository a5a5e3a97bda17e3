package audit_test

import (
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/audit"
	"portal/app/data"
	"portal/app/fault"
)

// rekeyed is what the log became under another key.
func rekeyed(t *testing.T, p *apptest.Portal) (*audit.Log, int64, error) {
	t.Helper()
	other, err := audit.New(p.DB, strings.Repeat("another key ", 4))
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	err = p.DB.Write(p.Context(), func(tx *data.Tx) error {
		tx.Unchanged()
		var err error
		n, err = p.Audit.Rekey(p.Context(), tx, other)
		return err
	})
	return other, n, err
}

// S88: the chain goes on under the new key, old lines included.
func TestS88_RekeyGoesOnWithTheChain(t *testing.T) {
	p := written(t, 30)
	if n, err := p.Audit.Purge(p.Context(), p.DB.Now().Add(-10e9)); err != nil || n == 0 {
		t.Fatalf("%d removed: %v", n, err)
	}
	more(t, p, 3) // these wait
	other, n, err := rekeyed(t, p)
	if err != nil || n != 15 { // 11 that retention left, the line about it, and 3
		t.Fatalf("%d lines: %v", n, err)
	}
	more(t, p, 2)
	v, err := other.Verify(p.Context(), nil)
	if err != nil || !v.OK || v.Lines != 17 || v.Rekeyed != 34 || !strings.Contains(v.Said, "Lines up to number 34 were sealed under an earlier secret key, and verified when it was changed") {
		t.Fatalf("%+v, %v", v, err)
	}
	if _, n, err := rekeyed(t, p); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v", n, err)
	}
	if v := verified(t, p); v.OK || v.Wrong != audit.Key {
		t.Errorf("under the old key: %+v", v)
	}
	for _, seal := range []int{36, 20} { // one of after the change, then one of before
		p.Exec("UPDATE audit_lines SET action = 'x' WHERE seal = ?", seal)
		v, err := other.Verify(p.Context(), nil)
		if err != nil || v.OK || v.Wrong != audit.Changed || v.LineID == 0 {
			t.Errorf("number %d was touched: %+v, %v", seal, v, err)
		}
	}
}

func TestRekey_CoversNothingUp(t *testing.T) {
	for name, do := range map[string]string{
		"a line changed": "UPDATE audit_lines SET action = 'x' WHERE seal = 10",
		"a line removed": "DELETE FROM audit_lines WHERE seal = 10",
		"the last gone":  "DELETE FROM audit_lines WHERE seal > 18",
		"a line added":   "UPDATE audit_lines SET seal = 99 WHERE seal = 20",
		"the head":       "UPDATE audit_heads SET hash = 'x'",
	} {
		t.Run(name, func(t *testing.T) {
			p := written(t, 20)
			p.Exec(do)
			before := p.Count("audit_heads", "rekeyed = 0")
			if _, n, err := rekeyed(t, p); !fault.Is(err, fault.Conflict) || n != 0 {
				t.Errorf("%d lines, %v", n, err)
			}
			if p.Count("audit_heads", "rekeyed = 0") != before || verified(t, p).OK {
				t.Error("it was sealed anew")
			}
		})
	}
}
