package documents

import (
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/inbox"
)

// Document is a row of documents: what holds for it whatever its text. Its texts are rows of document_versions.
type Document struct {
	bun.BaseModel `bun:"table:documents,alias:d"`

	ID         int64 `bun:",pk,autoincrement"`
	Title      string
	TitleKey   string
	CategoryID *int64
	OwnerID    *int64
	Private    bool      // for its owner and those alone that it, or its category, is shared with
	Template   bool      // others are made from it
	ReviewOn   clock.Day // by which somebody looks whether it still holds; empty for none
	State      string    // of the newest version
	Latest     int64     // number of the newest version
	Released   int64     // number of the version that readers see; 0 for none
	ReleasedAt *time.Time
	CreatedBy  *int64
	DeletedAt  *time.Time
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// The states of a document's newest version.
const (
	StateDraft    = "draft"
	StateReview   = "review"
	StateReleased = "released"
)

// states are their names on screen, and the colours they have.
var states = map[string]struct{ name, tone string }{
	StateDraft: {"Draft", "slate"}, StateReview: {"In review", "amber"}, StateReleased: {"Released", "green"},
}

// Path is the document's address.
func (d Document) Path() string { return documentPath(d.ID) }

func documentPath(id int64) string { return "/documents/" + strconv.FormatInt(id, 10) }

// The topics that pages listen to, and the cache keys and families that writes end.
const (
	listTopic  = "documents"
	listFamily = "documents.list"
)

func documentTopic(id int64) string { return "documents.document:" + strconv.FormatInt(id, 10) }

func documentKey(id int64) string { return "documents.document:" + strconv.FormatInt(id, 10) }

// change is the sentence a write says about the document.
func (d Document) change(what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "documents", Kind: "document", ID: d.ID, Version: d.Version, What: what, Title: d.Title, URL: d.Path(), Fields: fields,
		Stale: []string{documentKey(d.ID), listFamily, inbox.RightsKey}, Live: []string{listTopic, documentTopic(d.ID)}, Guard: documentTopic(d.ID),
	}
}

// heldDocument is what is cached of a document: its row, whom it is shared with, its tags, who has to read it and who watches it.
type heldDocument struct {
	Document Document
	Shares   []Share
	Tags     []int64 // by their names
	Readers  []int64 // roles
	Watchers []int64
}

// level is what the viewer may do with the document; a draft that was never released does not exist for those who only read.
func (h heldDocument) level(t *tree, v *auth.Viewer) Level {
	l := h.granted(t, v)
	if l == LevelRead && h.Document.Released == 0 {
		return LevelNone
	}
	return l
}

// granted is level without a look at whether anything is released.
func (h heldDocument) granted(t *tree, v *auth.Viewer) Level {
	d := h.Document
	if d.ID == 0 {
		return LevelNone
	}
	if v.Admin() {
		return LevelManage
	}
	l := LevelNone
	if v.Known() && d.OwnerID != nil && *d.OwnerID == v.ID {
		l = LevelManage
	}
	l = max(l, levelOf(h.Shares, v), t.shared(d.CategoryID, v))
	if !d.Private && !t.closed(d.CategoryID) {
		l = max(l, LevelWrite) // as far as the routes let them
	}
	if l == LevelWrite && !v.Can(editDocument) {
		return LevelRead
	}
	return l
}

// byRight reports whether the viewer opens the document only since they are an administrator.
func (h heldDocument) byRight(t *tree, v *auth.Viewer) bool {
	d := h.Document
	return v.Known() && v.Admin() && (d.Private || t.closed(d.CategoryID)) && (d.OwnerID == nil || *d.OwnerID != v.ID) &&
		levelOf(h.Shares, v) == LevelNone && t.shared(d.CategoryID, v) == LevelNone
}

// shown is the number of the version that who has this level sees when they ask for none.
func (h heldDocument) shown(Level) int64 {
	if h.Document.Released > 0 {
		return h.Document.Released
	}
	return h.Document.Latest
}

// watches reports whether the person is told of what happens to the document.
func (h heldDocument) watches(user int64) bool { return slices.Contains(h.Watchers, user) }

// errNoDocument is the same for a document that is not there and one that the viewer may not know of.
func errNoDocument() error {
	return fault.New(fault.NotFound, "There is no such document, or it is not for you.")
}

func errNotWriter() error {
	return fault.New(fault.Forbidden, "You may read this document, but not change it. Its owner can share it with you for writing.")
}

func errNotManager() error {
	return fault.New(fault.Forbidden, "Only the document's owner, those who manage it and administrators do this.")
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
