package home

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/live"
)

type eventHandlers struct{ Kit }

// Bounds of a stream: how often it says that it lives, how long it lasts before the browser opens it anew
// (its session is looked at again then), and how many topics one page may have.
const (
	pingEvery  = 15 * time.Second
	streamLife = 5 * time.Minute
	topicsMost = 8
)

// hear streams the ids of what changes. Whoever may not see a topic is told that there is none.
func (h eventHandlers) hear(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := auth.From(ctx)
	topics := strings.Split(strings.Clone(c.Query("on")), ",")
	if len(topics) > topicsMost {
		return fault.New(fault.NotFound, "There is no such stream.")
	}
	for _, t := range topics {
		if !h.may(ctx, t) {
			return fault.New(fault.NotFound, "There is no such stream.")
		}
	}
	since, _ := strconv.ParseInt(c.Query("since"), 10, 64) // 0 for a page that does not say
	page := h.Hub.Listen(v.Real().ID, topics, since)
	if page == nil {
		e := fault.New(fault.TooMany, "You have %d pages open and listening; close some.", live.MaxStreams)
		e.Wait = pingEvery
		return e
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	// The writer runs after this handler has returned: it must not touch c.
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer page.Close()
		h.stream(w, page, v)
	})
	return nil
}

// may reports whether the viewer may hear of the topic, as the feature that owns it says.
func (h eventHandlers) may(ctx context.Context, topic string) bool {
	name, _, _ := strings.Cut(topic, ".")
	i := slices.IndexFunc(h.All(), func(f featureOf) bool { return f.Name == name })
	return i >= 0 && h.All()[i].Live != nil && h.All()[i].Live(ctx, topic)
}

func (h eventHandlers) stream(w *bufio.Writer, page *live.Page, v *auth.Viewer) {
	ping, end := time.NewTicker(pingEvery), time.NewTimer(streamLife)
	defer ping.Stop()
	defer end.Stop()
	if !send(w, "retry: 2000\n\n") {
		return
	}
	for {
		var ok bool
		select {
		case <-h.Hub.Done():
			return
		case <-end.C:
			return
		case <-ping.C:
			ok = h.goesOn(v) && send(w, ": ping\n\n")
		case <-page.Probe:
			ok = h.goesOn(v) && send(w, ": ping\n\n")
		case <-page.Behind:
			ok = send(w, "event: behind\ndata: {}\n\n")
		case e := <-page.Events:
			ok = h.pass(w, e, v)
		}
		if !ok {
			return
		}
	}
}

// goesOn reports whether the person is still signed in by the session that opened the stream.
func (h eventHandlers) goesOn(v *auth.Viewer) bool {
	ctx, cancel := context.WithTimeout(context.Background(), pingEvery)
	defer cancel()
	if _, err := h.Users.Again(ctx, v); err != nil {
		return false
	}
	live, err := h.Users.Live(ctx, v.SignIn)
	return err == nil && live
}

// pass sends the event on if the person may see its topic now, whatever they could when the page opened.
func (h eventHandlers) pass(w *bufio.Writer, e live.Event, opened *auth.Viewer) bool {
	ctx, cancel := context.WithTimeout(context.Background(), pingEvery)
	defer cancel()
	v, err := h.Users.Again(ctx, opened)
	if err != nil {
		return false
	}
	if e.Guard == "" {
		e.Guard = e.Topic
	}
	if !h.may(auth.With(ctx, v), e.Guard) {
		return true
	}
	raw, err := json.Marshal(map[string]string{"topic": e.Topic})
	if err != nil {
		return false
	}
	return send(w, fmt.Sprintf("event: change\ndata: %s\n\n", raw))
}

// send reports whether the browser is still there.
func send(w *bufio.Writer, text string) bool {
	if _, err := w.WriteString(text); err != nil {
		return false
	}
	return w.Flush() == nil
}
