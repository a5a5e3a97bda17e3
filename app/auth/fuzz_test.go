package auth

import (
	"strings"
	"testing"
	"unicode/utf8"

	"portal/app/fault"
)

func FuzzReadImport_RefusesInWordsOrReadsLines(f *testing.F) {
	for _, s := range []string{
		"username,name\nada,Ada\n", "\ufeffusername;name;roles\r\nada;\"A;da\";user\r\n", "username\n\"a\nb\"\n", "username\n\"a", "user-name,E-Mail\na,b", "a,b\n1,2", "username,username\na,b", "", "\x00", "username\n'=1+1\n", "username,name\na\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, err := readImport(raw)
		if err != nil {
			if e := fault.Of(err); e.Kind != fault.Invalid || e.Fields["file"] == "" {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		if len(rows) == 0 || len(rows) > ImportRows {
			t.Fatalf("%q has %d lines", raw, len(rows))
		}
		last := 1
		for _, r := range rows {
			if _, ok := r.text["username"]; !ok || r.line <= last {
				t.Fatalf("%q: %+v after line %d", raw, r, last)
			}
			last = r.line
			for _, text := range r.text {
				if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
					t.Fatalf("%q holds %q", raw, text)
				}
			}
		}
	})
}

func FuzzWerkzeug_RefusesWhatItDoesNotKnow(f *testing.F) {
	for _, s := range []string{"", "scrypt:2:1:1$salt$00", "pbkdf2:sha256:1$salt$00", "scrypt:99999999999999999999:8:1$s$00", "scrypt:3:8:1$s$00", "pbkdf2:sha256:-1$s$00", "$$", "scrypt$s$zz", "pbkdf2:md5:1$s$00", "scrypt:1073741824:64:16$s$00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, kept string) {
		if len(kept) > 100 || strings.Contains(kept, "0000") || strings.Count(kept, ":") < 2 { // what takes long by its own right says nothing
			return
		}
		for _, part := range strings.FieldsFunc(kept, func(r rune) bool { return r == ':' || r == '$' }) {
			if len(part) > 3 && len(part) < 9 && strings.Trim(part, "0123456789") == "" {
				return
			}
		}
		if ok, err := verifyWerkzeug(kept, "a password that nobody has"); ok && err != nil {
			t.Fatalf("%q is right and wrong", kept)
		}
	})
}

func FuzzCovers_EndsAtDots(f *testing.F) {
	for _, s := range [][2]string{{"projects", "projects.task.see"}, {"projects.task", "projects.tasks.see"}, {"", "a"}, {"a.", "a.b"}, {"a", "a"}, {"a.b", "a"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, node, route string) {
		want := node == route || strings.HasPrefix(route, node+".")
		if got := Covers(node, route); got != want {
			t.Fatalf("%q covers %q: %v", node, route, got)
		}
	})
}

func FuzzThrottle_KeysAreOneForAllSpellings(f *testing.F) {
	for _, s := range []string{"Ada", " ada ", "ÄDÄ", "ﷺ", "127.0.0.1", "::ffff:127.0.0.1", "2001:db8::1%eth0", "\x00a\u200b", "a\u00adda", strings.Repeat("ﷺ", 60)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, key := range []string{accountKey(s), addressKey(s)} {
			if n := utf8.RuneCountInString(key); n > 190 || utf8.ValidString(s) && !utf8.ValidString(key) {
				t.Fatalf("%q has the key %q", s, key)
			}
		}
		if again := accountKey(" " + accountKey(s) + "\u200b"); utf8.ValidString(s) && len(s) < 150 && again != accountKey(s) {
			t.Fatalf("%q has the keys %q and %q", s, accountKey(s), again)
		}
	})
}
