package admin

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"time"

	"portal/app/setting"
	"portal/components"
)

// needAudit speaks when the audit log did not hold the last time that it was verified.
func (h overviewHandlers) needAudit(_ context.Context, s overviewState) ([]overviewItem, error) {
	if s.check.ID != 0 && s.check.EndedAt != nil && !s.check.OK {
		return []overviewItem{{Text: s.check.Said, URL: auditPath, Link: "Audit log", Bad: true}}, nil
	}
	return nil, nil
}

func (h overviewHandlers) needJobs(_ context.Context, s overviewState) ([]overviewItem, error) {
	var all []overviewItem
	for _, j := range s.jobs {
		if j.failed() {
			all = append(all, overviewItem{Text: fmt.Sprintf("The job “%s” failed: %s", j.Title, j.Error), URL: jobPath(j.Name), Link: "Job", Bad: true})
		}
	}
	return all, nil
}

func (h overviewHandlers) needMappings(context.Context, overviewState) ([]overviewItem, error) {
	invalid, open := h.overviewGaps()
	var all []overviewItem
	if len(invalid) > 0 {
		all = append(all, overviewItem{
			Text: fmt.Sprintf("No route has the name of %s: %s.", components.Plural(len(invalid), "mapping"), overviewSome(invalid)), URL: "/admin/routes", Link: "Route mappings",
		})
	}
	if len(open) > 0 {
		all = append(all, overviewItem{
			Text: fmt.Sprintf("No mapping covers %s, so only administrators pass: %s.", components.Plural(len(open), "route"), overviewSome(open)), URL: "/admin/routes", Link: "Route mappings",
		})
	}
	return all, nil
}

// overviewDisk is the space left for the data folder; ok is false when nobody knows.
type overviewDisk struct {
	free uint64 // bytes
	ok   bool
}

// Free disk space, in bytes, under which somebody should look, and under which writes will soon fail.
const (
	diskLow   = 1 << 30
	diskEmpty = 100 << 20
)

func freeDisk(folder string) overviewDisk {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return overviewDisk{}
	}
	return overviewDisk{s.Bavail * uint64(s.Bsize), true}
}

func (h overviewHandlers) needDisk(_ context.Context, s overviewState) ([]overviewItem, error) {
	if !s.disk.ok || s.disk.free >= diskLow {
		return nil, nil
	}
	return []overviewItem{{
		Text: fmt.Sprintf("Only %s are free where the portal keeps its data; make room before a write fails.", sizeText(int64(s.disk.free))), Bad: s.disk.free < diskEmpty,
	}}, nil
}

// signInBurst is how many failed sign-ins in an hour are more than slips of the pen.
const signInBurst = 30

func (h overviewHandlers) needSignIns(_ context.Context, s overviewState) ([]overviewItem, error) {
	if s.figures.Failures < signInBurst {
		return nil, nil
	}
	return []overviewItem{{
		Text: fmt.Sprintf("%d sign-ins failed in the last hour; somebody may be trying passwords.", s.figures.Failures),
		URL:  logLink(auditPath, nil, "action", "failed to sign in"), Link: "Who and from where", Bad: true,
	}}, nil
}

func (h overviewHandlers) needMails(_ context.Context, s overviewState) ([]overviewItem, error) {
	if s.figures.Mails == 0 {
		return nil, nil
	}
	return []overviewItem{{
		Text: components.Plural(s.figures.Mails, "mail") + " could not be sent.", URL: "/admin/outbox?state=failed", Link: "Outbox", Bad: true,
	}}, nil
}

// needBackup speaks when the backups that the settings ask for are not made.
func (h overviewHandlers) needBackup(_ context.Context, s overviewState) ([]overviewItem, error) {
	every := h.Config.BackupEvery
	if every == 0 {
		return nil, nil
	}
	at, err := h.Backed()
	item := overviewItem{URL: jobPath("app.backup"), Link: "Job", Bad: true}
	switch {
	case err != nil:
		item.Text = "The folder of backups can't be read; see the server's log." // a page that fails would hide all else
		h.Log.Error("backups can't be listed", "error", err)
	case at.IsZero():
		item.Text = "There is no backup yet, though PORTAL_BACKUP_EVERY asks for them."
	case s.now.Sub(at) > 2*every:
		item.Text = "The newest backup is of " + at.Format("2 Jan 2006, 15:04 UTC") + ", older than PORTAL_BACKUP_EVERY asks for."
	default:
		return nil, nil
	}
	return []overviewItem{item}, nil
}

// needFactors speaks of those who should have a second factor and have none.
func (h overviewHandlers) needFactors(_ context.Context, s overviewState) ([]overviewItem, error) {
	var all []overviewItem
	switch n := s.figures.Bare; {
	case n == 1:
		all = append(all, overviewItem{Text: "1 administrator has no second factor: whoever learns that password can do everything.", URL: "/admin/users?role=admin", Link: "Administrators"})
	case n > 1:
		all = append(all, overviewItem{Text: strconv.Itoa(n) + " administrators have no second factor: whoever learns one of their passwords can do everything.", URL: "/admin/users?role=admin", Link: "Administrators"})
	}
	if n := s.figures.Lacking; n > 0 {
		verb := " have none yet; they set one up at their next sign-in."
		if n == 1 {
			verb = " has none yet, and sets one up at the next sign-in."
		}
		all = append(all, overviewItem{Text: "Of those whose roles require a second factor, " + strconv.Itoa(n) + verb, URL: "/admin/roles", Link: "Roles"})
	}
	return all, nil
}

func (h overviewHandlers) needAccounts(_ context.Context, s overviewState) ([]overviewItem, error) {
	var all []overviewItem
	add := func(n int, one, many, url, link string) {
		text := many
		if n == 1 {
			text = one
		}
		if n > 0 {
			all = append(all, overviewItem{Text: strconv.Itoa(n) + text, URL: url, Link: link})
		}
	}
	days := components.Plural(setting.DormantDays.Of(h.Settings), "day")
	add(s.figures.Roleless, " account has no role and can open nearly nothing.", " accounts have no role and can open nearly nothing.", "/admin/users?state=no-role", "Accounts")
	add(s.figures.Dormant, " account was not used for "+days+".", " accounts were not used for "+days+".", "/admin/users?state=dormant", "Accounts")
	add(s.figures.Old, " account still has its password in the old portal's form; it is renewed at the next sign-in.",
		" accounts still have their passwords in the old portal's form; each is renewed at the next sign-in.", "/admin/users?state=dormant", "Accounts")
	if s.figures.Admins == 1 {
		all = append(all, overviewItem{Text: "There is one administrator only. Make another, in case that one is away.", URL: "/admin/users?role=admin", Link: "Administrators"})
	}
	return all, nil
}

// health is how the portal does, line by line.
func (h overviewHandlers) health(ctx context.Context, s overviewState, counts overviewCounts) ([]overviewHealth, error) {
	all := []overviewHealth{{"Database", "green", "Answers", databaseName(h.DB.MySQL, counts.Version) + ", " + sizeText(counts.Size)}}
	disk := overviewHealth{"Disk", "green", "Enough", sizeText(int64(s.disk.free)) + " free"}
	switch {
	case !s.disk.ok:
		disk = overviewHealth{"Disk", "gray", "Unknown", "the free space can't be read"}
	case s.disk.free < diskEmpty:
		disk.tone, disk.label = "red", "Nearly full"
	case s.disk.free < diskLow:
		disk.tone, disk.label = "amber", "Low"
	}
	all = append(all, disk)
	pending, err := h.Pending(ctx)
	if err != nil {
		return nil, err
	}
	tables := overviewHealth{"Migrations", "green", "All have run", ""}
	if pending > 0 {
		tables = overviewHealth{"Migrations", "red", "Waiting", components.Plural(pending, "migration")}
	}
	return append(all, tables, overviewAudit(s), overviewJobs(s)), nil
}

func overviewAudit(s overviewState) overviewHealth {
	c := s.check
	switch {
	case c.ID == 0:
		return overviewHealth{"Audit log", "gray", "Not verified yet", ""}
	case c.Running(s.now):
		return overviewHealth{"Audit log", "blue", "Being verified", strconv.Itoa(c.Percent()) + " %"}
	case c.OK:
		return overviewHealth{"Audit log", "green", "Holds", "verified " + c.BeganAt.Format("2 Jan, 15:04 UTC") + ", " + components.Plural(int(c.Done), "line")}
	}
	return overviewHealth{"Audit log", "red", "Does not hold", "verified " + c.BeganAt.Format("2 Jan, 15:04 UTC")}
}

// jobLate is how long after its time a job counts as late: then no process runs jobs.
const jobLate = 5 * time.Minute

func overviewJobs(s overviewState) overviewHealth {
	failed, late := 0, 0
	for _, j := range s.jobs {
		if j.failed() {
			failed++
		}
		if j.due(s.now.Add(-jobLate)) {
			late++
		}
	}
	switch {
	case failed > 0:
		return overviewHealth{"Jobs", "red", components.Plural(failed, "job") + " failed", ""}
	case late > 0:
		return overviewHealth{"Jobs", "amber", components.Plural(late, "job") + " late", "no process runs them"}
	}
	return overviewHealth{"Jobs", "green", "All well", components.Plural(len(s.jobs), "job")}
}
