package mail

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"portal/app/config"
	"portal/app/data"
)

// A mail that is taken has the fields that we write and no other, and its subject comes through as it was.
func FuzzMail_HasNoFieldButOurs(f *testing.F) {
	for _, s := range [][3]string{
		{"A task for you", "ada@example.org", "Text"}, {"x\r\nBcc: eve@example.org", "a@b.example", ""}, {"Größe \u2028 \u202e", "ä@example.org", "a\r\n.\r\nb"}, {strings.Repeat("=?utf-8?q?x?= ", 20), "\"a b\"@example.org", "--x"},
		{" leading", "a@b.example,c@d.example", "<b>"}, {"\xff", "a@[127.0.0.1]", "\x00"}, {strings.Repeat("ä", 200), "a@b.example ", "https://a.example"}, {"=?utf-8?q?=0D=0ABcc:_e?=", "<a@b.example>", "x"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	o := &Outbox{base: "https://portal.test", host: "portal.test", name: func() string { return "Portal" }, server: config.SMTP{From: netmail.Address{Name: "Portal", Address: "portal@example.org"}}}
	f.Fuzz(func(t *testing.T, subject, to, text string) {
		m := Mail{Event: "e", Kind: "k", To: to, Subject: subject, Body: Body{{Text: text, Path: "/x"}}}
		if m.check() != nil {
			return
		}
		body, err := json.Marshal(m.Body)
		if err != nil {
			t.Fatal(err)
		}
		row := Row{Recipient: to, Subject: data.Shorten(subject, subjectMost), Body: string(body), MessageID: "1@portal.test", CreatedAt: time.Unix(0, 0)}
		msg, err := o.message(row)
		if err != nil {
			t.Fatalf("%q is taken and can't be written: %v", to, err)
		}
		var out bytes.Buffer
		if _, err := msg.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		read, err := netmail.ReadMessage(&out)
		if err != nil {
			t.Fatalf("%q, %q: %v", subject, to, err)
		}
		for name, all := range read.Header {
			if !strings.Contains(" From To Subject Date Message-Id Mime-Version Content-Type Auto-Submitted User-Agent X-Mailer ", " "+name+" ") || len(all) != 1 {
				t.Fatalf("%q, %q: the field %s: %q", subject, to, name, all)
			}
		}
		if got, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject")); err != nil || squeezed(got) != squeezed(row.Subject) {
			t.Fatalf("the subject %q comes as %q, %v", row.Subject, got, err)
		}
		if all, err := read.Header.AddressList("To"); err != nil || len(all) != 1 || all[0].Address != to {
			t.Fatalf("the recipient %q comes as %v, %v", to, all, err)
		}
		if _, err := io.Copy(io.Discard, read.Body); err != nil {
			t.Fatal(err)
		}
	})
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }
