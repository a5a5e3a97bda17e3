package documents

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/feature"
)

// demoShelves are the categories of the demo department, each behind the one it lies in.
var demoShelves = []struct {
	name, in string
	private  bool
}{
	{"Operations", "", false}, {"Network", "Operations", false}, {"Power and cooling", "Operations", false}, {"Servers and storage", "Operations", false},
	{"Procedures", "", false}, {"Shift handover", "Procedures", false}, {"Emergencies", "Procedures", false},
	{"Policies", "", false}, {"Templates", "", false}, {"Management", "", true},
}

// demoThings are what the documents of the demo department are about, and where they lie.
var demoThings = []struct{ name, shelf, tag string }{
	{"the core switches", "Network", "network"}, {"the VPN gateway", "Network", "network"}, {"the wireless controllers", "Network", "network"}, {"the line to the second site", "Network", "network"},
	{"the diesel generator", "Power and cooling", "power"}, {"the UPS of hall B", "Power and cooling", "power"}, {"the chillers", "Power and cooling", "cooling"},
	{"the Notstromumschaltung der Brandmeldezentrale", "Power and cooling", "power"},
	{"the backup server", "Servers and storage", "backup"}, {"the database cluster", "Servers and storage", "database"}, {"the storage array", "Servers and storage", "storage"},
	{"the mail relay", "Servers and storage", "mail"},
}

// demoKinds are the sorts of documents there are about each thing.
var demoKinds = []struct{ title, tag, text string }{
	{"How to restart %s", "how-to", "Restarting %[1]s takes about ten minutes. Nobody may be working on it meanwhile.\n\n## Before\n\n1. Say so in the shift's channel.\n2. Look whether a backup is running: if it is, wait.\n3. Have the contract number of the vendor at hand.\n\n## Restart\n\n```\nsystemctl stop unit\nsystemctl start unit\nsystemctl status unit\n```\n\n## After\n\n- [ ] The monitoring is green for five minutes.\n- [ ] The next shift knows of it.\n\n> When it does not come back within fifteen minutes, call the vendor; do not try twice.\n"},
	{"Runbook: %s fails", "runbook", "What to do when %[1]s fails outside working hours.\n\n## Signs\n\n| Alarm | Meaning |\n|---|---|\n| red lamp | power is lost |\n| yellow lamp | one of two units is lost |\n\n## Steps\n\n1. Look at the lamp, and at the log of the last hour.\n2. Take the spare unit from the rack beside the door.\n3. Change the unit while the other one runs.\n4. Write down both serial numbers.\n\n## Whom to call\n\nFirst the person on duty, then the lead of the team. @manager decides whether the department is told.\n"},
	{"Contacts and contracts for %s", "contacts", "Everything about the vendor of %[1]s.\n\n## Contract\n\n- Response within four hours, day and night.\n- Runs until the end of next year.\n\n## Contacts\n\n| Who | For what |\n|---|---|\n| Hotline | everything |\n| Account manager | extensions |\n"},
}

// demoAlone are documents about no single thing.
var demoAlone = []struct{ title, shelf, tags, text string }{
	{"How we hand over a shift", "Shift handover", "policy, shift", "A shift ends when the next one has said yes.\n\n## What is handed over\n\n1. What is broken, and who works on it.\n2. What is planned for the next eight hours.\n3. Whom we wait for.\n\n## What is not\n\nNothing that is done. It stands in the log.\n"},
	{"When the fire alarm goes off", "Emergencies", "policy, safety", "**Leave the hall.** Nothing in it is worth a person.\n\n## Then\n\n1. Gather at the gate.\n2. The lead of the shift counts.\n3. Nobody goes back before the fire brigade says so.\n"},
	{"Passwords and second factors", "Policies", "policy, security", "A password is used in one place and known to one person.\n\n## Rules\n\n- At least twelve characters.\n- A second factor wherever there is one.\n- Keys of machines lie in the safe, not in documents.\n"},
	{"Who may enter the halls", "Policies", "policy, safety", "Whoever has a badge of the department, and guests with one of us beside them.\n\n## Guests\n\nThey are written into the book at the gate, with name, company and time.\n"},
	{"Budget of the coming year", "Management", "budget", "Figures that are not decided yet.\n\n## What is asked for\n\n- Two chillers.\n- One more person for the nights.\n"},
}

// demoReview is a template of the demo department.
const demoReview = "# What happened\n\nWritten on {{date}} by {{me}}.\n\n## When\n\n## What was done\n\n## What we change\n\n- [ ] \n"

// demoLink is a tag of a document, before either is written.
type demoLink struct {
	document int64
	tag      string
}

// shelving is the demo department's documents on their way into the database.
type shelving struct {
	feature.Department
	rand     *rand.Rand
	now      time.Time
	shelves  map[string]int64
	tags     map[string]int64
	docs     []Document
	versions []Version
	rows     []tagLink
	links    []demoLink
}

// fillDemo writes the department's documents.
func fillDemo(ctx context.Context, tx *data.Tx, d feature.Department) error {
	s := &shelving{Department: d, rand: rand.New(rand.NewPCG(7, 0x646f6373)), now: tx.Now, shelves: map[string]int64{}, tags: map[string]int64{}}
	if err := s.makeShelves(ctx, tx); err != nil {
		return err
	}
	for _, k := range demoKinds {
		for _, thing := range demoThings {
			s.add(fmt.Sprintf(k.title, thing.name), fmt.Sprintf(k.text, thing.name), thing.shelf, k.tag+", "+thing.tag)
		}
	}
	for _, a := range demoAlone {
		s.add(a.title, a.text, a.shelf, a.tags)
	}
	review := s.add("Review of an incident", demoReview, "Templates", "template")
	review.Template = true
	s.colour()
	if err := s.makeTags(ctx, tx); err != nil {
		return err
	}
	for _, rows := range []any{&s.docs, &s.versions, &s.rows} {
		if _, err := tx.NewInsert().Model(rows).Exec(ctx); err != nil {
			return fmt.Errorf("demo documents: %w", err)
		}
	}
	return nil
}

func (s *shelving) makeShelves(ctx context.Context, tx *data.Tx) error {
	for _, d := range demoShelves {
		c := Category{Name: d.name, NameKey: data.Key(d.name), Private: d.private, Version: 1, CreatedAt: s.now, UpdatedAt: s.now}
		if d.in != "" {
			c.ParentID = data.Optional(s.shelves[d.in])
		}
		if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return fmt.Errorf("demo categories: %w", err)
		}
		s.shelves[d.name] = c.ID
	}
	return nil
}

// makeTags writes the tags that documents have, and which have which.
func (s *shelving) makeTags(ctx context.Context, tx *data.Tx) error {
	var rows []tagLink
	for _, l := range s.links {
		name := l.tag
		if s.tags[name] == 0 {
			g := Tag{Name: name, NameKey: data.Key(name), Version: 1, CreatedAt: s.now, UpdatedAt: s.now}
			if _, err := tx.NewInsert().Model(&g).Exec(ctx); err != nil {
				return fmt.Errorf("demo tags: %w", err)
			}
			s.tags[name] = g.ID
		}
		rows = append(rows, tagLink{DocumentID: l.document, TagID: s.tags[name]})
	}
	s.rows = rows
	return nil
}

// someone is one of the department's people.
func (s *shelving) someone() int { return s.rand.IntN(len(s.People)) }

// add makes a document of one to three versions, released with its last one.
func (s *shelving) add(title, text, shelf, tags string) *Document {
	n := int64(len(s.docs) + 1)
	owner, made := s.someone(), s.now.Add(-time.Duration(24+s.rand.IntN(24*400))*time.Hour)
	d := Document{
		ID: n, Title: title, TitleKey: data.Key(title), CategoryID: data.Optional(s.shelves[shelf]), OwnerID: data.Optional(s.IDs[owner]), CreatedBy: data.Optional(s.IDs[owner]),
		State: StateReleased, Version: 1, CreatedAt: made,
	}
	lines := strings.SplitAfter(text, "\n")
	for k := range 1 + s.rand.IntN(3) {
		d.Latest = int64(k + 1)
		author, note := owner, "First version"
		body := text
		if k > 0 {
			author, note = s.someone(), "What the last shift found out"
			body += fmt.Sprintf("\n## Added in version %d\n\n%s had to do it and found that the spare key hangs in the shift room now.\n", k+1, s.People[author].Name)
		} else if s.rand.IntN(2) == 0 {
			body = strings.Join(lines[:len(lines)*3/4], "")
		}
		made = made.Add(time.Duration(1+s.rand.IntN(20)) * time.Hour)
		s.versions = append(s.versions, Version{DocumentID: n, Number: d.Latest, Title: title, Content: body, Note: note, AuthorID: data.Optional(s.IDs[author]), Author: s.People[author].Name, CreatedAt: made})
	}
	d.Released, d.ReleasedAt, d.UpdatedAt = d.Latest, &made, made
	for name := range strings.SplitSeq(tags, ", ") {
		s.links = append(s.links, demoLink{n, name})
	}
	s.docs = append(s.docs, d)
	return &s.docs[len(s.docs)-1]
}

// colour makes some documents drafts, some in review, some overdue.
func (s *shelving) colour() {
	today := clock.DayOf(s.now, time.UTC)
	for i := range s.docs {
		d := &s.docs[i]
		switch i % 9 {
		case 2:
			d.ReviewOn = today.Add(-3 - i)
		case 5:
			d.ReviewOn = today.Add(20 + i)
		case 7:
			if d.Latest > 1 {
				d.State, d.Released = StateDraft, d.Latest-1
			}
		case 8:
			if d.Latest > 1 {
				d.State, d.Released = StateReview, d.Latest-1
			}
		}
	}
}
