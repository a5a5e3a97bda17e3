package command

import (
	"bytes"
	"context"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
)

func (t *tool) jobCommand() *cobra.Command {
	return group("job", "Background jobs: list them, run one now", t.jobList(), t.jobRun())
}

// job is a job as commands print it.
type job struct {
	Name  string     `json:"name"`
	Title string     `json:"title"`
	Every string     `json:"every"`
	Began *time.Time `json:"began"`
	Ended *time.Time `json:"ended"`
	Next  *time.Time `json:"next"`
	Runs  string     `json:"runs_on,omitempty"` // the process that runs it now
	Error string     `json:"error,omitempty"`   // of the last run
}

func (t *tool) jobList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List all jobs, their last run and their next", Args: words(),
		RunE: func(c *cobra.Command, _ []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				rows, err := p.JobStates(ctx)
				if err != nil {
					return err
				}
				all := make([]job, len(rows))
				for i, r := range rows {
					all[i] = job{r.Name, r.Title, r.Every.String(), r.BeganAt, r.EndedAt, r.NextAt, r.Holder, r.Error}
				}
				return t.print(all, func(w *bytes.Buffer) {
					row(w, "JOB", "WHAT IT DOES", "EVERY", "LAST RUN", "NEXT RUN", "RESULT")
					for _, j := range all {
						row(w, j.Name, j.Title, j.Every, when(j.Began), when(j.Next), j.result())
					}
				})
			})
		},
	}
}

func (j job) result() string {
	switch {
	case j.Runs != "":
		return "running on " + j.Runs
	case j.Ended == nil:
		return "never ran"
	case j.Error != "":
		return "failed: " + j.Error
	}
	return "well"
}

func (t *tool) jobRun() *cobra.Command {
	return &cobra.Command{
		Use: "run <name>", Short: "Run a job now, here, and say how it went", Args: words("a job"),
		RunE: func(c *cobra.Command, args []string) error {
			return t.with(c.Context(), func(ctx context.Context, p *app.Portal) error {
				if err := p.RunJob(ctx, args[0]); err != nil {
					return err
				}
				return t.say(done{true}, "The job %s ran well.", args[0])
			})
		},
	}
}
