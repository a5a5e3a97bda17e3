package legacy_test

import (
	"testing"
	"time"

	"portal/app/legacy"
)

func TestRecord_ReadsWhatBothDatabasesStore(t *testing.T) {
	at := time.Date(2026, 11, 22, 21, 16, 52, 740686000, time.UTC)
	for name, c := range map[string]struct {
		stored any
		want   time.Time
	}{
		"six digits":  {"2026-11-22 21:16:52.740686", at},
		"bytes":       {[]byte("2026-11-22 21:16:52"), at.Truncate(time.Second)},
		"ISO":         {"2026-11-22T21:16:52.740686", at},
		"with a zone": {"2026-11-22 22:16:52.740686+01:00", at},
		"only a day":  {"2026-11-22", time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (legacy.Record{"t": c.stored}).Time("t"); got == nil || !got.Equal(c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	for _, bad := range []any{nil, "", "soon", "0000-00-00 00:00:00", "2026-02-30 10:00:00", int64(5)} {
		if got := (legacy.Record{"t": bad}).Time("t"); got != nil {
			t.Errorf("%v reads as %v", bad, got)
		}
	}
}

func TestRecord_BooleansHaveTheirDefault(t *testing.T) {
	for _, c := range []struct {
		stored         any
		yes, yesUnless bool
	}{{nil, false, true}, {int64(0), false, false}, {int64(1), true, true}, {[]byte("0"), false, false}, {"true", true, true}, {true, true, true}, {false, false, false}} {
		r := legacy.Record{"b": c.stored}
		if r.Yes("b") != c.yes || r.YesUnless("b") != c.yesUnless {
			t.Errorf("%#v: %v %v", c.stored, r.Yes("b"), r.YesUnless("b"))
		}
	}
}

func TestRecord_TextIsFitToKeep(t *testing.T) {
	r := legacy.Record{"a": "x\x00y", "b": []byte{'a', 0xff, 'b'}, "c": "  two\n lines ", "n": "0042", "f": 3.0}
	if r.Text("a") != "xy" || r.Text("b") != "a\uFFFDb" || r.Line("c") != "two lines" || r.Int("n") != 42 || r.Int("f") != 3 || r.Int("none") != 0 {
		t.Errorf("%q %q %q %d %d", r.Text("a"), r.Text("b"), r.Line("c"), r.Int("n"), r.Int("f"))
	}
	if d, ok := (legacy.Record{"d": "2026-11-22 00:00:00"}).Day("d"); d != "2026-11-22" || !ok {
		t.Errorf("%s %v", d, ok)
	}
	if _, ok := (legacy.Record{"d": "22.11."}).Day("d"); ok {
		t.Error("22.11. is taken for a day")
	}
}
