package home_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/inbox"
)

// rooms is a feature whose things are rooms: who holds the key of one may hear of it.
type rooms struct {
	*apptest.Portal
	keys map[string]string // room by user name
	kit  feature.Kit
}

func openRooms(t *testing.T, change func(*config.Config)) *rooms {
	t.Helper()
	r := &rooms{keys: map[string]string{}}
	r.Portal = apptest.With(t, apptest.Options{Config: change, Features: []feature.New{func(k feature.Kit) (feature.Feature, error) {
		r.kit = k
		return feature.Feature{
			Name: "rooms", Title: "Rooms", Live: func(ctx context.Context, topic string) bool {
				return strings.Contains(topic, r.keys[auth.From(ctx).Username])
			},
			Notices: []inbox.Kind{
				{Name: "rooms.room.opened", Title: "A room is opened", Short: "Opened", Usual: inbox.ByMail},
				{Name: "rooms.room.closed", Title: "A room is closed", Short: "Closed"},
			},
		}, nil
	}}})
	return r
}

// tell tells the people of a room, as somebody.
func (r *rooms) tell(t *testing.T, by auth.User, room int64, kind string, to ...auth.User) {
	t.Helper()
	v, err := r.Users.Viewer(r.Context(), by.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := auth.With(r.Context(), v)
	err = r.DB.Write(c, func(tx *data.Tx) error {
		var all []inbox.Notice
		for _, u := range to {
			all = append(all, inbox.Notice{
				To: u.ID, Kind: kind, Thing: "rooms.room", ThingID: room, Guard: "rooms.room:" + string(rune('0'+room)), Title: "Room " + string(rune('0'+room)),
				What: "opened the room", URL: "/inbox?show=all", Many: inbox.Many{Title: "The house", What: "opened %d rooms", URL: "/"},
			})
		}
		r.Inbox.Tell(c, tx, all)
		tx.Changed(data.Change{Feature: "rooms", Kind: "room", ID: room, What: "opened the room", Title: "Room", URL: "/"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestInbox_CountsListsAndMarks(t *testing.T) {
	r := openRooms(t, nil)
	r.keys["ben.okafor"] = "rooms.room:1"
	ada, ben := r.Person("Ada Admin", "admin"), r.Person("Ben Okafor", "user")
	b, other := r.As("Ben Okafor"), r.As("Olga Other", "user")
	b.Get("/").Want(http.StatusOK, "Inbox, nothing unread")
	r.tell(t, ada, 1, "rooms.room.opened", ben)
	r.Clock.Add(time.Minute)
	r.tell(t, ada, 1, "rooms.room.closed", ben)
	b.Get("/").Want(http.StatusOK, "Inbox, 2 unread")
	if said := r.Queries(func() { b.Get("/").Want(http.StatusOK, "Inbox, 2 unread") }); len(said) > 0 {
		t.Errorf("warm: %q", said)
	}
	apptest.Golden(t, "inbox", b.Fragment("GET", "/inbox", "list", nil).Want(http.StatusOK, "Ada Admin", "Room 1").Body)
	b.Fragment("GET", "/inbox?kind=rooms.room.closed", "list", nil).Want(http.StatusOK, "1–1 of 1 notification")
	other.Get("/inbox").Want(http.StatusOK, "Nothing unread").Lacks("Room 1")
	for _, verb := range []string{"open", "mark"} {
		other.Post("/inbox/1/"+verb, apptest.Form("read", "true")).Want(http.StatusNotFound)
	}
	b.Get("/").Want(http.StatusOK, "Inbox, 2 unread")
	if to := b.Post("/inbox/1/open", nil).Want(http.StatusSeeOther).Location(); to != "/inbox?show=all" {
		t.Error("opened:", to)
	}
	b.Get("/").Want(http.StatusOK, "Inbox, 1 unread")
	b.Fragment("POST", "/inbox/1/mark?show=all", "list", apptest.Form("read", "false")).Want(http.StatusOK, "Mark read: Room 1")
	b.Fragment("GET", "/inbox/bell", "bell", nil).Want(http.StatusOK, "Inbox, 2 unread")
	shown := r.DB.Now().UnixMicro()
	r.Clock.Add(20 * time.Minute)
	r.tell(t, ada, 1, "rooms.room.opened", ben)
	b.Post("/inbox/read", apptest.Form("until", strconv.FormatInt(shown, 10))).Want(http.StatusSeeOther)
	b.Get("/inbox").Want(http.StatusOK, "Inbox, 1 unread") // what came after the page was shown
	b.Post("/inbox/999/open", nil).Want(http.StatusNotFound)
	r.Visitor().Get("/inbox").Want(http.StatusSeeOther)
}

func TestS40c_LostRightEndsTitleCountAndWay(t *testing.T) {
	r := openRooms(t, nil)
	r.keys["ben.okafor"] = "rooms.room:1"
	ada, ben := r.Person("Ada Admin", "admin"), r.Person("Ben Okafor", "user")
	b := r.As("Ben Okafor")
	r.tell(t, ada, 1, "rooms.room.opened", ben)
	b.Get("/inbox").Want(http.StatusOK, "Room 1", "Inbox, 1 unread")
	r.keys["ben.okafor"] = "none"
	r.Cache.Forget(inbox.RightsKey) // as the write does that takes the key away
	b.Get("/inbox").Want(http.StatusOK, "Inbox, nothing unread").Lacks("Room 1", "Opened")
	b.Get("/inbox?show=all").Want(http.StatusOK, "The inbox is empty").Lacks("Room 1")
	b.Post("/inbox/1/open", nil).Want(http.StatusNotFound)
	b.Post("/inbox/1/mark", apptest.Form("read", "true")).Want(http.StatusNotFound)
	if n := r.Count("notifications", "read_at IS NULL"); n != 1 {
		t.Error("a refused mark wrote")
	}
	r.keys["ben.okafor"] = "rooms.room:1"
	r.Cache.Forget(inbox.RightsKey)
	b.Get("/inbox").Want(http.StatusOK, "Room 1", "Inbox, 1 unread")
}

func TestInbox_OneActOnManyIsToldOnceAndMailedOnce(t *testing.T) {
	server := apptest.NewMailServer(t, apptest.MailOptions{})
	r := openRooms(t, func(c *config.Config) {
		c.SMTPURL, c.MailFrom = "smtp://"+server.Address(), "Portal <portal@example.org>"
	})
	ada, ben := r.Person("Ada Admin", "admin"), r.Person("Ben Okafor", "user")
	r.Exec("UPDATE users SET email = 'ben@example.org' WHERE id = ?", ben.ID)
	v, err := r.Users.Viewer(r.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := auth.With(r.Context(), v)
	err = r.DB.Write(c, func(tx *data.Tx) error {
		for i := range int64(500) {
			r.Inbox.Tell(c, tx, []inbox.Notice{{
				To: ben.ID, Kind: "rooms.room.opened", Thing: "rooms.room", ThingID: i, Title: "Room\r\nBcc: x@example.org", What: "opened the room", URL: "/",
				Many: inbox.Many{Title: "The house", What: "opened %d rooms", URL: "/inbox"},
			}})
		}
		tx.Unchanged()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Count("notifications", "what = 'opened 500 rooms'"); n != 1 || r.Count("notifications") != 1 {
		t.Errorf("%d rows of 500 rooms, %d in all", n, r.Count("notifications"))
	}
	r.tell(t, ada, 2, "rooms.room.closed", ben) // his choice is the inbox alone
	r.tell(t, ben, 3, "rooms.room.opened", ben) // his own act
	if err := r.Mail.Run(r.Context()); err != nil {
		t.Fatal(err)
	}
	letter := server.One()
	if letter.To != "ben@example.org" || letter.Header.Get("Subject") != "Ada Admin opened 500 rooms: The house" || !strings.Contains(letter.Text, "/notifications") {
		t.Errorf("the mail: %+v", letter)
	}
}

func TestInbox_ChoicesAreEachPersonsOwn(t *testing.T) {
	r := openRooms(t, nil)
	ada, ben := r.Person("Ada Admin", "admin"), r.Person("Ben Okafor", "user")
	b := r.As("Ben Okafor")
	apptest.Golden(t, "notifications", b.Fragment("GET", "/notifications", "", nil).Want(http.StatusOK, "A room is opened", "sends no mail yet").Body)
	b.Post("/notifications", apptest.Form("rooms.room.opened", "sometimes")).Want(http.StatusUnprocessableEntity, "Choose one of the three.")
	if n := r.Count("notification_choices"); n != 0 {
		t.Error("a refused choice is kept")
	}
	b.Post("/notifications", apptest.Form("rooms.room.opened", "none", "rooms.room.closed", "inbox", "no.such.kind", "mail")).Want(http.StatusSeeOther)
	if n := r.Count("notification_choices"); n != 1 {
		t.Errorf("%d choices are kept", n)
	}
	r.tell(t, ada, 1, "rooms.room.opened", ben)
	r.tell(t, ada, 2, "rooms.room.closed", ben)
	if n := r.Count("notifications", "kind = 'rooms.room.closed'"); n != 1 || r.Count("notifications") != 1 {
		t.Error("told otherwise than chosen")
	}
	if n := r.Count("history", "field = 'A room is opened'", "old_value = 'mail'", "new_value = 'none'"); n != 1 {
		t.Error("the choice stands in no history")
	}
}

func TestInbox_WhatWasReadGoesAfterNinetyDays(t *testing.T) {
	r := openRooms(t, nil)
	ada, ben := r.Person("Ada Admin", "admin"), r.Person("Ben Okafor", "user")
	for room := range int64(3) {
		r.tell(t, ada, room, "rooms.room.opened", ben)
		r.Clock.Add(time.Hour)
	}
	r.Exec("UPDATE notifications SET read_at = ? WHERE thing_id = 0", r.DB.Now())
	r.Clock.Add(48 * time.Hour)
	r.Exec("UPDATE notifications SET read_at = ? WHERE thing_id = 1", r.DB.Now())
	r.Clock.Add(89 * 24 * time.Hour)
	if err := r.Inbox.Purge(r.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.Count("notifications", "thing_id IN (1, 2)"); n != 2 || r.Count("notifications") != 2 {
		t.Errorf("%d are left, %d in all", n, r.Count("notifications"))
	}
}
