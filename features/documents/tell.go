package documents

import (
	"context"
	"slices"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/inbox"
)

// The kinds of notifications of documents.
const (
	tellSubmitted = "documents.document.submitted"
	tellReturned  = "documents.document.returned"
	tellReleased  = "documents.document.released"
	tellShared    = "documents.document.shared"
)

// notices are the kinds in the order people read them.
var notices = []inbox.Kind{
	{Name: tellSubmitted, Title: "A document that you own is submitted for review", Short: "For review", Usual: inbox.ByMail},
	{Name: tellReturned, Title: "A version that you wrote is returned", Short: "Returned", Usual: inbox.ByMail},
	{Name: tellReleased, Title: "A version of a document that you own or watch is released", Short: "Released", Usual: inbox.InInbox},
	{Name: tellShared, Title: "A document is shared with you", Short: "Shared", Usual: inbox.InInbox},
}

// tell tells people of a document: those who may know of it then.
func (s *documentStore) tell(ctx context.Context, tx *data.Tx, h heldDocument, t *tree, kind, what string, people ...int64) {
	slices.Sort(people)
	d := h.Document
	var all []inbox.Notice
	for _, to := range slices.Compact(people) {
		all = append(all, inbox.Notice{
			To: to, Kind: kind, Thing: "documents.document", ThingID: d.ID, Guard: documentTopic(d.ID), Title: d.Title, What: what, URL: d.Path(),
			May: func(v *auth.Viewer) bool {
				return v.Can(seeDocument) && d.DeletedAt == nil && h.level(t, v) > LevelNone
			},
			Many: inbox.Many{Title: "Documents", What: many[kind], URL: "/documents"},
		})
	}
	s.inbox.Tell(ctx, tx, all)
}

// many is what is said when one act tells somebody of several documents.
var many = map[string]string{
	tellSubmitted: "submitted %d documents for review", tellReturned: "returned %d documents", tellReleased: "released %d documents", tellShared: "shared %d documents with you",
}

// tellDecided tells of a decision about the newest version: its owner of what was submitted, its author of what was returned, and
// its owner and those who watch it of what is released.
func (s *documentStore) tellDecided(ctx context.Context, tx *data.Tx, h heldDocument, t *tree, what string) error {
	number := id(h.Document.Latest)
	switch what {
	case decidedSubmitted:
		s.tell(ctx, tx, h, t, tellSubmitted, "submitted version "+number, data.OrZero(h.Document.OwnerID))
	case decidedReturned:
		w, err := loadVersion(ctx, tx, h.Document.ID, h.Document.Latest)
		if err != nil {
			return err
		}
		s.tell(ctx, tx, h, t, tellReturned, "returned version "+number, data.OrZero(w.AuthorID))
	case decidedReleased:
		s.tell(ctx, tx, h, t, tellReleased, "released version "+number, append(slices.Clone(h.Watchers), data.OrZero(h.Document.OwnerID))...)
	}
	return nil
}
