package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// importStore reads and writes imports, and runs them.
type importStore struct {
	db       *data.DB
	projects *projectStore
	tasks    *taskStore
}

func newImportStore(b base) *importStore { return &importStore{b.projects.db, b.projects, b.tasks} }

func errNoImport() error {
	return fault.New(fault.NotFound, "There is no such import, or it is not for you.")
}

// Get is the import of that project, which the viewer must have been found to work on.
// Errors: fault.NotFound.
func (s *importStore) Get(ctx context.Context, project, id int64) (fileImport, error) {
	return getImport(ctx, s.db.Read, project, id)
}

func getImport(ctx context.Context, db bun.IDB, project, id int64) (fileImport, error) {
	var i fileImport
	err := db.NewSelect().Model(&i).Where("i.id = ?", id).Where("i.project_id = ?", project).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return i, errNoImport()
	}
	return i, err
}

// Latest are the project's latest imports, without what they know of their files.
func (s *importStore) Latest(ctx context.Context, project int64) ([]fileImport, error) {
	var all []fileImport
	err := s.db.Read.NewSelect().Model(&all).Column("id", "project_id", "user_id", "file_name", "size", "state", "total", "done", "bad", "said",
		"first_number", "last_number", "ended_at", "undone_at", "created_at", "updated_at").
		Where("i.project_id = ?", project).OrderExpr("i.id DESC").Limit(10).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("imports of project %d: %w", project, err)
	}
	return all, nil
}

// importsAtOnce is how many imports a person may have under way.
const importsAtOnce = 5

// Upload keeps a file whose beginning was looked at.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field "file"; fault.Conflict for somebody with too many under way.
func (s *importStore) Upload(ctx context.Context, project int64, name string, body []byte) (fileImport, error) {
	if len(body) > importBytes {
		return fileImport{}, fault.Field("file", "The file is larger than %d MB. Split it.", importBytes>>20)
	}
	p, err := lookAt(body, "")
	if err != nil {
		return fileImport{}, err
	}
	settings := usualSettings()
	settings.Columns = guessedFields(p.Heads)
	var i fileImport
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		if err := s.mayImport(ctx, tx, project); err != nil {
			return err
		}
		me := auth.From(ctx).ID
		n, err := tx.NewSelect().Table("imports").Where("user_id = ?", me).Where("ended_at IS NULL").Count(ctx)
		if err != nil {
			return err
		}
		if n >= importsAtOnce {
			return fault.New(fault.Conflict, "You have %d imports under way. Finish or cancel one of them first.", n)
		}
		i = fileImport{
			ProjectID: project, UserID: me, FileName: data.Cut(name, 200), Size: int64(len(body)), Settings: importJSON(settings), Preview: importJSON(p),
			State: importMapping, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if _, err := tx.NewInsert().Model(&i).Exec(ctx); err != nil {
			return fmt.Errorf("keep import: %w", err)
		}
		tx.Unchanged()
		return keepParts(ctx, tx, i.ID, partFile, 0, body)
	})
	return i, err
}

// mayImport holds the project for a write, if the viewer may make tasks in it.
func (s *importStore) mayImport(ctx context.Context, tx *data.Tx, project int64) error {
	h, err := s.tasks.lockProject(ctx, tx, project)
	if err == nil && !h.mayWork(auth.From(ctx)) {
		err = errNotTeam()
	}
	return err
}

// turn changes the state of an import that is in one of the states from.
// Errors: fault.NotFound; fault.Forbidden; fault.Conflict when it is in another state.
//
// The import is held, and not its project: while tasks are made the project is held by them for seconds, and Cancel
// must not wait for that.
func (s *importStore) turn(ctx context.Context, project, importID int64, from []string, change func(*fileImport) error) (fileImport, error) {
	var i fileImport
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		var held []int64
		if err := tx.Lock(tx.NewSelect().Table("imports").Column("id").Where("id = ?", importID)).Scan(ctx, &held); err != nil {
			return fmt.Errorf("lock import %d: %w", importID, err)
		}
		h, err := loadHeld(ctx, tx, project)
		switch {
		case err != nil:
			return err
		case !h.mayKnow(auth.From(ctx)) || h.Project.DeletedAt != nil:
			return errNoProject()
		case !h.mayWork(auth.From(ctx)):
			return errNotTeam()
		}
		if i, err = getImport(ctx, tx, project, importID); err != nil {
			return err
		}
		if !containsState(from, i.State) {
			return fault.New(fault.Conflict, "The import is %s by now. The page shows it when it is loaded anew.", importWords[i.State])
		}
		if err := change(&i); err != nil {
			return err
		}
		i.UpdatedAt = tx.Now
		if i.State == importCancelled {
			i.EndedAt = &tx.Now
		}
		tx.Unchanged()
		_, err = tx.NewUpdate().Model(&i).Column("settings", "preview", "state", "total", "done", "bad", "problems", "said", "ended_at", "updated_at").WherePK().Exec(ctx)
		return err
	})
	return i, err
}

// begun refuses what only who began an import does with it: its tasks are made in their name and with their rights.
// Errors: fault.Forbidden.
func (i fileImport) begun(ctx context.Context) error {
	if i.UserID != auth.From(ctx).ID {
		return fault.New(fault.Forbidden, "Only who sent the file goes on with its import. Send it yourself, or ask them.")
	}
	return nil
}

func containsState(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// importWords are the states as people read them.
var importWords = map[string]string{
	importMapping: "waiting for you", importCheck: "waiting to be checked", importChecking: "being checked", importChecked: "checked",
	importStart: "waiting to begin", importRunning: "making its tasks", importCancelling: "being cancelled", importDone: "done",
	importFailed: "failed", importCancelled: "cancelled",
}

// Look reads the beginning of another sheet of the workbook.
// Errors: those of turn, and fault.Forbidden for who did not begin it.
func (s *importStore) Look(ctx context.Context, i fileImport, name string) (fileImport, error) {
	body, err := s.Body(ctx, i.ID, partFile)
	if err != nil {
		return i, err
	}
	p, err := lookAt(body, name)
	if err != nil {
		return i, err
	}
	return s.turn(ctx, i.ProjectID, i.ID, []string{importMapping, importChecked}, func(i *fileImport) error {
		if err := i.begun(ctx); err != nil {
			return err
		}
		settings := i.settings()
		settings.Sheet, settings.Columns = name, guessedFields(p.Heads)
		i.Settings, i.Preview, i.State, i.Said = importJSON(settings), importJSON(p), importMapping, ""
		return nil
	})
}

// Check has the file checked with what the form says of it.
// Errors: fault.Invalid at the field that is wrong; those of turn.
func (s *importStore) Check(ctx context.Context, project, importID int64, f importForm) (fileImport, error) {
	return s.turn(ctx, project, importID, []string{importMapping, importChecked}, func(i *fileImport) error {
		if err := i.begun(ctx); err != nil {
			return err
		}
		settings, err := f.into(i.settings(), len(i.preview().Heads))
		if err != nil {
			return err
		}
		i.Settings, i.State, i.Said, i.Total, i.Done, i.Bad, i.Problems = importJSON(settings), importCheck, "", 0, 0, 0, ""
		return nil
	})
}

// Remap goes back to what is said about the columns.
// Errors: those of turn, and fault.Forbidden for who did not begin it.
func (s *importStore) Remap(ctx context.Context, project, importID int64) (fileImport, error) {
	return s.turn(ctx, project, importID, []string{importChecked}, func(i *fileImport) error {
		i.State = importMapping
		return i.begun(ctx)
	})
}

// Start has the tasks made, if the check has found nothing wrong.
// Errors: those of turn, and fault.Forbidden for who did not begin it.
func (s *importStore) Start(ctx context.Context, project, importID int64) (fileImport, error) {
	return s.turn(ctx, project, importID, []string{importChecked}, func(i *fileImport) error {
		if err := i.begun(ctx); err != nil {
			return err
		}
		if i.Bad > 0 || i.Total == 0 {
			return fault.New(fault.Conflict, "The file has errors. Nothing is imported until it has none.")
		}
		i.State = importStart
		return nil
	})
}

// Cancel ends an import: at once when it waits, else as soon as what runs has seen it.
func (s *importStore) Cancel(ctx context.Context, project, importID int64) (fileImport, error) {
	from := []string{importMapping, importCheck, importChecking, importChecked, importStart, importRunning}
	i, err := s.turn(ctx, project, importID, from, func(i *fileImport) error {
		i.State = map[string]string{importChecking: importCancelling, importRunning: importCancelling}[i.State]
		if i.State == "" {
			i.State = importCancelled
		}
		return nil
	})
	if err == nil && i.State == importCancelled {
		err = s.clear(ctx, i.ID)
	}
	return i, err
}

// viewerOf is who began the import, as who is asking now: their rights may have changed.
func (s *importStore) viewerOf(ctx context.Context, i fileImport) (context.Context, error) {
	v, err := s.projects.users.Viewer(ctx, i.UserID)
	if err != nil {
		return ctx, err
	}
	return auth.With(ctx, v), nil
}

// waiting finds work: imports that wait, that a process has left when it stopped, and files that nobody came back to.
func (s *importStore) waiting(ctx context.Context) (bool, error) {
	var n int
	err := s.db.Read.NewRaw("SELECT EXISTS (SELECT 1 FROM imports WHERE state IN (?)) OR EXISTS (SELECT 1 FROM imports WHERE state IN (?) AND updated_at < ?)",
		bun.In(importBusy), bun.In([]string{importMapping, importChecked}), s.db.Now().Add(-importKept)).Scan(ctx, &n)
	return n != 0, err
}

// importDeadline is how long one run may take: less than another process waits before it takes the work over.
const importDeadline = 10 * time.Minute
