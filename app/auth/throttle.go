package auth

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// The throttle's bounds. After so many failures within the window, each further one doubles the wait.
// The account's count is kept for each address it fails from, so a stranger can't shut somebody out:
// the right password from another address works at once. Failures of one account from all addresses
// together only add the short wait, which slows a guess spread over many machines.
const (
	failWindow     = 15 * time.Minute
	failsAccount   = 5
	failsAddress   = 30
	failsSpread    = 50
	waitFirst      = 15 * time.Second
	waitMost       = 15 * time.Minute
	waitWhenSpread = 3 * time.Second
)

// Throttle makes failed sign-ins wait longer and longer. Its counts are in the database,
// so a restart or another process does not forget them.
type Throttle struct {
	db   *data.DB
	kind string // of what is counted; empty for sign-ins
}

// NewThrottle makes the throttle of sign-ins.
func NewThrottle(db *data.DB) *Throttle { return &Throttle{db: db} }

// Apart is a throttle with the same bounds whose counts are its own: what many do at an address must not keep those
// behind it from signing in. A kind is a short word.
func (t *Throttle) Apart(kind string) *Throttle { return &Throttle{t.db, kind} }

// keys are what the counts of an account and of an address are kept by. Of the names that people write, no key holds the
// unit separator, so none is a key of another kind.
func (t *Throttle) keys(account, address string) (ak, dk string) {
	ak, dk = accountKey(account), addressKey(address)
	if t.kind == "" {
		return ak, dk
	}
	return data.Cut(t.kind+"\x1f"+ak, 190), data.Cut(t.kind+"\x1f"+dk, 64)
}

// failure is a row of sign_in_failures.
type failure struct {
	bun.BaseModel `bun:"table:sign_in_failures"`
	ID            int64 `bun:",pk,autoincrement"`
	AccountKey    string
	AddressKey    string
	FailedAt      time.Time
}

// accountKey is the same for every way to write one name, and for what a directory takes for one: it reads over
// what can't be seen. RFC 4518, 2.2
func accountKey(name string) string {
	seen := strings.Map(func(r rune) rune {
		if r == '\u1806' || r == '\ufffc' || !unicode.IsGraphic(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, name)
	return data.Cut(strings.ToLower(data.Fold(seen)), 190)
}

// addressKey is the address, or for IPv6 its /64: one household, which can change the rest at will.
func addressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return data.Cut(address, 64)
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}

// Wait is how long this account must wait at this address before it may try again; 0 for not at all.
func (t *Throttle) Wait(ctx context.Context, account, address string) (time.Duration, error) {
	var rows []failure
	now := t.db.Now()
	ak, dk := t.keys(account, address)
	err := t.db.Read.NewSelect().Model(&rows).
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("account_key = ?", ak).WhereOr("address_key = ?", dk)
		}).
		Where("failed_at > ?", now.Add(-failWindow)).OrderExpr("id DESC").Limit(500).Scan(ctx)
	if err != nil {
		return 0, fmt.Errorf("look up failed sign-ins: %w", err)
	}
	var both, from, all []time.Time // newest first
	for _, r := range rows {
		if r.AccountKey == ak {
			all = append(all, r.FailedAt)
		}
		if r.AddressKey == dk {
			from = append(from, r.FailedAt)
		}
		if r.AccountKey == ak && r.AddressKey == dk {
			both = append(both, r.FailedAt)
		}
	}
	wait := max(left(both, failsAccount, now), left(from, failsAddress, now))
	if len(all) >= failsSpread {
		wait = max(wait, all[0].Add(waitWhenSpread).Sub(now))
	}
	return max(wait, 0), nil
}

// left is what remains of the wait after the failures, of which so many are free.
func left(failures []time.Time, free int, now time.Time) time.Duration {
	over := len(failures) - free
	if over < 0 {
		return 0
	}
	wait := waitFirst
	for range min(over, 10) {
		wait *= 2
	}
	return failures[0].Add(min(wait, waitMost)).Sub(now)
}

// Failed counts a failure.
func (t *Throttle) Failed(ctx context.Context, account, address string) error {
	ak, dk := t.keys(account, address)
	row := failure{AccountKey: ak, AddressKey: dk, FailedAt: t.db.Now()}
	_, err := t.db.Writer().NewInsert().Model(&row).Exec(ctx)
	return err
}

// Succeeded forgets the account's failures at this address. The address's own count stays:
// else one good account would wipe the slate for guessing at all others.
func (t *Throttle) Succeeded(ctx context.Context, account, address string) error {
	ak, dk := t.keys(account, address)
	_, err := t.db.Writer().NewUpdate().Table("sign_in_failures").Set("account_key = ''").
		Where("account_key = ?", ak).Where("address_key = ?", dk).Exec(ctx)
	return err
}
