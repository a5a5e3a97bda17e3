package projects

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"portal/app/clock"
	"portal/app/data"
)

// quickTask is what a line of quick add becomes.
type quickTask struct {
	Line      int // of the text, from 1
	Depth     int // 0 to 2: below which task it lies
	Name      string
	Priority  int64    // 0: the usual one
	Assignee  int64    // 0: nobody
	Labels    []string // by their names; those that are not there yet are made
	Start     clock.Day
	Due       clock.Day
	Estimate  int64  // minutes
	Milestone int64  // 0: none
	Parent    int64  // the number of the task it is part of; 0: none
	Unclear   string // a sentence about what looked like more than text and stayed text; empty for nothing
	Wrong     string // a sentence that says why no task can be made of it; empty when one can
}

// quickWords are the names that a line may use, folded.
type quickWords struct {
	priorities, people, milestones []quickName
	today                          clock.Day
}

// quickName is one folded name of what has the id; a person has two.
type quickName struct {
	id   int64
	name string
}

// quickWordsOf are the names that a line of the project's quick add may use.
func quickWordsOf(h heldProject, v view, today clock.Day) quickWords {
	w := quickWords{today: today}
	for _, p := range v.words.Priorities {
		w.priorities = append(w.priorities, quickName{p.ID, data.Fold(p.Name)})
	}
	for _, p := range v.people.List {
		if !p.Locked {
			w.people = append(w.people, quickName{p.ID, data.Fold(p.Username)}, quickName{p.ID, data.Fold(p.Name)})
		}
	}
	for _, m := range h.Milestones {
		w.milestones = append(w.milestones, quickName{m.ID, data.Fold(m.Name)})
	}
	return w
}

// What quick add takes at most.
const (
	maxQuickLines  = 500
	maxQuickLabels = 10
	maxEstimate    = 100_000 // minutes
)

var (
	quickToken  = regexp.MustCompile(`\\?[@*^!]"[^"]+"[,;]?|\S+`)
	quickLabel  = regexp.MustCompile(`^[\pL\pN][\pL\pN ._/&+-]*$`)
	quickTime   = regexp.MustCompile(`^(?:(\d{1,4}(?:[.,]\d{1,2})?)d)?(?:(\d{1,4}(?:[.,]\d{1,2})?)h)?(?:(\d{1,5})(?:m|min)?)?$`)
	quickBullet = regexp.MustCompile(`^(?:[-*•+]\s+)?(?:\[ ?\]\s+)?`)
	bareDay     = regexp.MustCompile(`^(?:today|tomorrow|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\+\d{1,4}[dw]|\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.(?:\d{4})?)$`)
)

// readQuick reads a text of one line or several: a line is a task, and what is indented lies below what stands before it.
// Empty lines are none.
func readQuick(text string, w quickWords) []quickTask {
	var all []quickTask
	var indents []int // of the tasks that the next one may lie below
	for i, line := range strings.Split(text, "\n") {
		line = strings.ReplaceAll(line, "\t", "    ")
		bare := strings.TrimLeft(line, " ")
		if strings.TrimSpace(bare) == "" {
			continue
		}
		indent := len(line) - len(bare)
		for len(indents) > 0 && indents[len(indents)-1] >= indent {
			indents = indents[:len(indents)-1]
		}
		t := w.read(quickBullet.ReplaceAllString(bare, ""))
		t.Line, t.Depth = i+1, len(indents)
		indents = append(indents, indent)
		if t.Wrong == "" && t.Depth >= levels {
			t.Wrong = "Tasks lie in each other three levels deep at most."
		}
		if t.Depth > 0 && t.Parent != 0 {
			t.Wrong = "It is indented and says >" + id(t.Parent) + ": a task is part of one other."
		}
		all = append(all, t)
	}
	return all
}

// read reads one line. What is not understood stays in the name.
func (w quickWords) read(line string) quickTask {
	var t quickTask
	var name []string
	day := -1 // which word of the name is the due date
	for _, token := range quickToken.FindAllString(line, -1) {
		plain, escaped := strings.CutPrefix(token, `\`)
		switch {
		case escaped && (strings.ContainsRune("!@*^~>", firstRune(plain)) || w.isDay(plain)):
			name = append(name, plain)
		case !escaped && w.take(&t, token):
		case !escaped && bareDay.MatchString(strings.ToLower(token)) && w.isDay(token):
			day = len(name)
			name = append(name, token)
		default:
			name = append(name, token)
		}
	}
	if day >= 0 && t.Due == "" { // of several days in a line the last one is meant
		t.Due, _ = clock.ParseDay(name[day], w.today)
		name = append(name[:day], name[day+1:]...)
	}
	t.Name = strings.Join(name, " ")
	t.Wrong = t.wrong()
	return t
}

// wrong says why no task can be made of it.
func (t quickTask) wrong() string {
	switch {
	case t.Name == "":
		return "Write what there is to do: the task has no name."
	case utf8.RuneCountInString(t.Name) > 200:
		return "A name has at most 200 characters."
	case t.Start != "" && t.Due != "" && t.Due < t.Start:
		return "The task would be due before it starts."
	}
	return ""
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func (w quickWords) isDay(s string) bool {
	d, err := clock.ParseDay(s, w.today)
	return err == nil && d != ""
}

// take understands a word that says something about the task; false leaves it in the name.
func (w quickWords) take(t *quickTask, token string) bool {
	token = strings.TrimRight(token, ",;")
	lower := strings.ToLower(token)
	if day, ok := strings.CutPrefix(lower, "due:"); ok {
		return t.day(&t.Due, day, w.today)
	}
	if day, ok := strings.CutPrefix(lower, "start:"); ok {
		return t.day(&t.Start, day, w.today)
	}
	if len(token) < 2 {
		return false
	}
	word := strings.Trim(token[1:], `"`)
	switch token[0] {
	case '!':
		return t.one(&t.Priority, token, called(word, w.priorities))
	case '@':
		return t.one(&t.Assignee, token, called(word, w.people))
	case '^':
		return t.one(&t.Milestone, token, called(word, w.milestones))
	case '*':
		return t.label(word)
	case '~':
		return t.estimate(word)
	case '>':
		n, err := strconv.ParseInt(word, 10, 32)
		if err != nil || n < 1 || t.Parent != 0 {
			return false
		}
		t.Parent = n
		return true
	}
	return false
}

// day sets a day of the task that is not set yet.
func (t *quickTask) day(to *clock.Day, typed string, today clock.Day) bool {
	d, err := clock.ParseDay(typed, today)
	if err != nil || d == "" || *to != "" {
		t.Unclear = "“" + typed + "” is not a day."
		return false
	}
	*to = d
	return true
}

// one sets what the task has one of; found are the ids of what the word may mean.
func (t *quickTask) one(to *int64, token string, found []int64) bool {
	if len(found) == 1 && *to == 0 {
		*to = found[0]
		return true
	}
	switch {
	case len(found) > 1:
		t.Unclear = "“" + token + "” may mean several."
	case len(found) == 0:
		t.Unclear = "“" + token + "” is nothing known here."
	default:
		t.Unclear = "“" + token + "” is one too many."
	}
	return false
}

func (t *quickTask) label(name string) bool {
	name = strings.TrimSpace(name)
	if !quickLabel.MatchString(name) || utf8.RuneCountInString(name) > 60 || len(t.Labels) == maxQuickLabels {
		return false
	}
	for _, have := range t.Labels {
		if data.Fold(have) == data.Fold(name) {
			return true
		}
	}
	t.Labels = append(t.Labels, name)
	return true
}

// estimate reads 2h, 1h30m, 1.5h, 90m, 2d; a day of work is eight hours.
func (t *quickTask) estimate(word string) bool {
	m := quickTime.FindStringSubmatch(strings.ToLower(word))
	if m == nil || t.Estimate != 0 {
		return false
	}
	var minutes float64
	for i, worth := range []float64{480, 60, 1} {
		n, _ := strconv.ParseFloat(strings.ReplaceAll(m[i+1], ",", "."), 64)
		minutes += n * worth
	}
	if minutes < 1 || minutes > maxEstimate {
		return false
	}
	t.Estimate = int64(minutes)
	return true
}

// called are the ids of what a word names: what is called so, else all whose name begins so.
func called(word string, names []quickName) []int64 {
	word = data.Fold(word)
	var whole, begin []int64
	for _, n := range names {
		if n.name == word {
			add(&whole, n.id)
		}
		if word != "" && strings.HasPrefix(n.name, word) {
			add(&begin, n.id)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return begin
}
