package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// print shows the table to people, and v to programs.
func (t *tool) print(v any, table func(w *bytes.Buffer)) error {
	if t.json {
		e := json.NewEncoder(t.Out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
	var b bytes.Buffer
	table(&b)
	w := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
	if _, err := w.Write(bytes.Map(harmless, b.Bytes())); err != nil {
		return err
	}
	return w.Flush()
}

// harmless is the character as a terminal may get it. Names come from whoever typed them on the sign-in page, and a
// terminal obeys some characters: it would hide lines, or show others.
func harmless(r rune) rune {
	if r != '\n' && r != '\t' && unicode.Is(unicode.Cc, r) || r >= '\u2028' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
		return '\ufffd'
	}
	return r
}

// say prints a sentence to people, and v to programs.
func (t *tool) say(v any, sentence string, args ...any) error {
	return t.print(v, func(w *bytes.Buffer) { fmt.Fprintf(w, sentence+"\n", args...) })
}

// done is what programs are told when nothing else is to be said.
type done struct {
	Done bool `json:"done"`
}

// tell says something on the error stream; that nobody hears it is no failure.
func (t *tool) tell(text string) { _, _ = io.WriteString(t.Err, text) }

// row is a line of a table.
func row(w *bytes.Buffer, cells ...any) {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = strings.Join(strings.Fields(fmt.Sprint(c)), " ")
	}
	fmt.Fprintln(w, strings.Join(texts, "\t"))
}

// when is an instant for people, in UTC; empty for none.
func when(at *time.Time) string {
	if at == nil || at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04 UTC")
}

// moment is an instant to the second, in UTC; a dash for none.
func moment(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

// count is a number with its noun: "1 mapping", "2 mappings".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// counted is a number with its noun and what so many do: "1 mail waits", "2 mails wait".
func counted(n int, noun, does, do string) string {
	if n == 1 {
		do = does
	}
	return count(n, noun) + " " + do
}

// onTerminal reports whether a person sees what is printed.
func (t *tool) onTerminal() bool { return term.IsTerminal(int(t.Out.Fd())) }

// bar is the progress of long work; it shows on a terminal only.
type bar struct {
	tool *tool
	step string
	bar  *progressbar.ProgressBar
}

// show moves the bar; another step begins another bar.
func (b *bar) show(step string, done, all int) {
	if !b.tool.onTerminal() || b.tool.json {
		return
	}
	if b.bar == nil || step != b.step {
		b.end()
		b.step = step
		b.bar = progressbar.NewOptions(all,
			progressbar.OptionSetWriter(b.tool.Err), progressbar.OptionSetDescription(step), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	if b.bar.GetMax() != all {
		b.bar.ChangeMax(all)
	}
	_ = b.bar.Set(done) // a bar that can't be drawn harms nothing
}

// end takes the bar off the terminal.
func (b *bar) end() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}
