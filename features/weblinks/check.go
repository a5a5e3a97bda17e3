package weblinks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fetch"
)

// titled is the form with the page's own title as its name, when it has none and nobody sees a link of that address yet. A
// page that does not answer changes nothing: the link is then called after its address.
func (s *linkStore) titled(ctx context.Context, f linkForm) linkForm {
	address, err := readAddress(f.URL)
	if err != nil || oneLine(f.Name) != "" {
		return f
	}
	if same, err := s.Same(ctx, s.DB.Read, address, 0); err != nil || same.ID != 0 && !f.Again {
		return f
	}
	if a, err := s.web.Get(ctx, address); err == nil {
		f.Name = fetch.Title(a)
	}
	return f
}

// How many links are looked at in one run, at how many hosts at a time, and how old a look may be: of a link that answered, and
// of one that did not.
const (
	checkMost   = 120
	checkHosts  = 6
	checkAfter  = 7 * 24 * time.Hour
	brokenAfter = 24 * time.Hour
)

// toCheck limits a query over links l to the pages that were not looked at for long.
func (s *linkStore) toCheck(q *bun.SelectQuery) *bun.SelectQuery {
	now := s.DB.Now()
	return q.TableExpr("links AS l").Where("l.deleted_at IS NULL").Where("(l.url LIKE 'http://%' OR l.url LIKE 'https://%')").
		Where("(l.checked_at IS NULL OR l.checked_at < ? OR l.broken_at IS NOT NULL AND l.checked_at < ?)", now.Add(-checkAfter), now.Add(-brokenAfter))
}

// mustCheck reports whether there is a link to look at.
func (s *linkStore) mustCheck(ctx context.Context) (bool, error) {
	return s.toCheck(s.DB.Read.NewSelect()).Exists(ctx)
}

// check asks the pages of links whether they are there: at several hosts at once, but each of them one page at a time.
func (s *linkStore) check(ctx context.Context) error {
	var all []Link
	err := s.toCheck(s.DB.Read.NewSelect()).Column("l.id", "l.url", "l.broken_at").OrderExpr("l.checked_at, l.id").Limit(checkMost).Scan(ctx, &all)
	if err != nil {
		return fmt.Errorf("links to check: %w", err)
	}
	hosts := map[string][]Link{}
	for _, l := range all {
		host := ""
		if u, err := url.Parse(l.URL); err == nil {
			host = strings.ToLower(u.Hostname())
		}
		hosts[host] = append(hosts[host], l)
	}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(checkHosts)
	for _, links := range hosts {
		group.Go(func() error {
			for _, l := range links {
				said, broken := s.look(within, l.URL)
				if within.Err() != nil {
					return within.Err()
				}
				if err := s.checked(within, l, said, broken); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// look asks for the page, and says what was wrong. A page that asks who one is, is there; one that the portal may not ask is
// not broken for that.
func (s *linkStore) look(ctx context.Context, address string) (said string, broken bool) {
	a, err := s.web.Check(ctx, address)
	switch {
	case errors.Is(err, fetch.ErrRefused):
		return fetch.Said(err), false
	case err != nil:
		return fetch.Said(err), true
	case a.Status < 400:
		return "", false
	}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusProxyAuthRequired, http.StatusTooManyRequests:
		return "", false
	}
	return "It answers with " + strconv.Itoa(a.Status) + " " + http.StatusText(a.Status) + ".", true
}

// checked keeps what was found, unless the link has another address by now. Since when it is broken, stays.
func (s *linkStore) checked(ctx context.Context, l Link, said string, broken bool) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		var since *time.Time
		if broken {
			if since = l.BrokenAt; since == nil {
				since = &tx.Now
			}
		}
		_, err := tx.NewUpdate().Table("links").Set("checked_at = ?", tx.Now).Set("broken = ?", data.Cut(said, 200)).Set("broken_at = ?", since).
			Where("id = ?", l.ID).Where("url = ?", l.URL).Exec(ctx)
		if err != nil {
			return fmt.Errorf("keep the check of link %d: %w", l.ID, err)
		}
		if broken == (l.BrokenAt != nil) {
			tx.Unchanged()
			return nil
		}
		tx.Changed(data.Change{Feature: "weblinks", Kind: "link", ID: l.ID, Live: []string{listTopic, linkTopic(l.ID)}, Guard: linkTopic(l.ID), Quiet: true})
		return nil
	})
}
