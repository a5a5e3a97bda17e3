package weblinks

import (
	"strings"
	"testing"
)

func TestAddress_IsReadAsItIsKept(t *testing.T) {
	for typed, want := range map[string]string{
		" https://wiki.example.org/a b":           "",
		" https://wiki.example.org/a?b=c#d ":      "https://wiki.example.org/a?b=c#d",
		"wiki.example.org/page":                   "https://wiki.example.org/page",
		"wiki.example.org":                        "https://wiki.example.org",
		"wiki:8080/page":                          "https://wiki:8080/page",
		"mailto:team@example.org":                 "mailto:team@example.org",
		"ssh://jump.example.org:22":               "ssh://jump.example.org:22",
		"tel:+4930123":                            "tel:+4930123",
		"https://[2001:db8::1]/":                  "https://[2001:db8::1]/",
		"https://user@example.org/":               "https://user@example.org/",
		"https://user:secret@example.org/":        "",
		"javascript:alert(1)":                     "",
		"JavaScript:alert(1)":                     "",
		"java\nscript:alert(1)":                   "",
		"java\tscript:alert(1)":                   "",
		"\x01javascript:alert(1)":                 "",
		"javascript://example.org/%0aalert(1)":    "",
		"data:text/html,<script>":                 "",
		"vbscript:x":                              "",
		"blob:https://example.org/1":              "",
		"file:///etc/passwd":                      "",
		"view-source:https://example.org":         "",
		"about:blank":                             "",
		"//example.org":                           "",
		"/weblinks":                               "",
		"https://":                                "",
		"https:example.org":                       "",
		"http:///path":                            "",
		"mailto:":                                 "",
		"":                                        "",
		"word":                                    "",
		"https://example.org/\r\nSet-Cookie: a=b": "",
		"https://example.org/" + strings.Repeat("a", 2000): "",
	} {
		got, err := readAddress(typed)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q is read as %q (%v), not %q", typed, got, err, want)
		}
	}
}

func TestAddress_KeyIsTheSameForThePageThatIsMeant(t *testing.T) {
	const base = "https://wiki.example.org/a"
	for address, same := range map[string]bool{
		"http://wiki.example.org/a": true, "https://WIKI.example.org:443/a/": true, "https://wiki.example.org./x/../a?utm_source=mail&fbclid=1": true,
		"https://wiki.example.org/A": false, "https://wiki.example.org/a?b=1": false, "https://wiki.example.org/a#top": false, "https://wiki.example.org:8443/a": false,
		"ssh://wiki.example.org/a": false,
	} {
		if got := addressKey(address) == addressKey(base); got != same {
			t.Errorf("%s is the same as %s: %v", address, base, got)
		}
	}
	if addressKey("https://bücher.example/") != addressKey("https://xn--bcher-kva.example") {
		t.Error("a host has two keys")
	}
	if addressKey("https://a.example/?x=1&y=2") != addressKey("https://a.example/?y=2&x=1") {
		t.Error("the order of the parameters counts")
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("https://example.org")
	f.Add("javascript:alert(1)")
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := readAddress(typed)
		if err != nil {
			return
		}
		again, err := readAddress(got)
		if err != nil || again != got {
			t.Errorf("%q is kept as %q, which is read as %q (%v)", typed, got, again, err)
		}
		low := strings.ToLower(got)
		if strings.HasPrefix(low, "javascript:") || strings.HasPrefix(low, "data:") || strings.ContainsAny(got, "\r\n\t ") {
			t.Errorf("%q is kept as %q", typed, got)
		}
	})
}
