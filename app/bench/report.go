package bench

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Machine is where and how it was measured.
type Machine struct {
	CPU         string    `json:"cpu"`
	Cores       int       `json:"cores"`
	Memory      string    `json:"memory"`
	Load        string    `json:"load"` // average of the minute before: what else ran takes from every figure
	System      string    `json:"system"`
	Go          string    `json:"go"`
	Date        time.Time `json:"date"`
	Command     string    `json:"command"`
	Connections int       `json:"connections"`
	Seconds     float64   `json:"seconds"` // each page
	Department  string    `json:"department"`
}

func machine(o Options) Machine {
	return Machine{
		CPU: fromProc("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), Memory: fromProc("/proc/meminfo", "MemTotal"),
		Load: loadBefore(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Date: time.Now().UTC().Truncate(time.Second),
		Command:     strings.Join(append([]string{"portal"}, os.Args[1:]...), " "),
		Connections: o.Connections, Seconds: o.Each.Seconds(),
	}
}

// loadBefore is the load average of the last minute. https://man7.org/linux/man-pages/man5/proc_loadavg.5.html
func loadBefore() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(raw), " ")
	return minute
}

// fromProc is the value of the first line of that name in one of the kernel's files; "unknown" elsewhere.
func fromProc(file, name string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(raw)) {
		key, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// What was asked of the portal.
const (
	askShare  = 0.2   // of the floor's requests per second
	askP99    = 40.0  // ms
	askMove   = 15.0  // ms, median
	askStart  = 1000. // ms
	askMemory = 150.0 // MiB
	askFirst  = 250   // kB
	askPage   = 15    // kB
	askFilled = 30.0  // seconds
	askStorm  = 300.0 // ms, p99 of other pages
	askForce  = 50.0  // ms from a command's end
	askSecond = 500.0 // ms until another server heeds it
)

// Markdown is the figures as they stand in the README.
func (f Figures) Markdown() string {
	w := &strings.Builder{}
	m := f.Machine
	fmt.Fprintf(w, "Measured on %s with `%s`: %s, %d cores, load %s before, %s memory, %s, %s; %s; %d connections, %.0f s a page, from a second process on loopback, signed in.\n\n",
		m.Date.Format("2006-01-02"), m.Command, m.CPU, m.Cores, m.Load, m.Memory, m.System, m.Go, m.Department, m.Connections, m.Seconds)
	fmt.Fprintln(w, "| Warm, under load | requests/s | of the floor | p50 | p99 | over the wire | asked |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|---|")
	fmt.Fprintf(w, "| %s | %.0f | | %.1f ms | %.1f ms | %s | |\n", f.Floor.Name, f.Floor.PerSecond, f.Floor.P50, f.Floor.P99, kB(f.Floor.Bytes))
	for _, l := range f.Pages {
		met := l.Share >= askShare && l.P99 < askP99 && l.Bytes < askPage*1000 && l.Failed == 0
		fmt.Fprintf(w, "| %s | %.0f | %.0f %% | %.1f ms | %.1f ms | %s | at least %.0f %%, p99 under %.0f ms, under %d kB: %s |\n",
			l.Name, l.PerSecond, 100*l.Share, l.P50, l.P99, kB(l.Bytes), 100*askShare, askP99, askPage, verdict(met))
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| Once | measured | asked |")
	fmt.Fprintln(w, "|---|--:|---|")
	for _, o := range f.once() {
		asked := ""
		if o.asked != "" {
			asked = o.asked + ": " + verdict(o.met)
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", o.what, o.measured, asked)
	}
	f.storm(w)
	return w.String()
}

// storm says what became of the sign-ins.
func (f Figures) storm(w *strings.Builder) {
	if f.Flood == nil {
		return
	}
	var said []string
	for _, name := range slices.Sorted(maps.Keys(f.Flood.Answers)) {
		said = append(said, fmt.Sprintf("%s: %d", name, f.Flood.Answers[name]))
	}
	fmt.Fprintf(w, "\nThe storm: %.0f sign-ins a second for %.0f s; %s. Others asked for %d pages meanwhile, %d were refused; p50 %.1f ms, p99 %.1f ms (before it %.1f ms).\n",
		f.Flood.PerSecond, f.Flood.Seconds, strings.Join(said, ", "), f.Flood.Pages, f.Flood.Failed, f.Flood.P50, f.Flood.P99, f.Flood.Calm)
}

// single is a figure of which there is one.
type single struct {
	what, measured, asked string // asked is empty where nothing was
	met                   bool
}

func (f Figures) once() []single {
	all := []single{
		{
			fmt.Sprintf("Moving a task on the board, median of %d, on the disk", f.Moves.Count),
			fmt.Sprintf("%.1f ms (p99 %.1f ms%s)", f.Moves.Median, f.Moves.P99, failures(f.Moves.Failed)),
			fmt.Sprintf("under %.0f ms", askMove), f.Moves.Median < askMove && f.Moves.Failed == 0,
		},
		{fmt.Sprintf("Start until ready, median of %d", starts), fmt.Sprintf("%.0f ms", f.Start), fmt.Sprintf("under %.0f ms", askStart), f.Start < askStart},
		{"Resident memory after the load", fmt.Sprintf("%.0f MiB", f.Memory), fmt.Sprintf("under %.0f MiB", askMemory), f.Memory < askMemory},
		{
			fmt.Sprintf("First page with its %d files", len(f.First.Files)), kB(f.First.Total),
			fmt.Sprintf("under %d kB", askFirst), f.First.Total < askFirst*1000,
		},
	}
	if f.Filled > 0 {
		all = append(all, single{"Filling the demo department", fmt.Sprintf("%.1f s", f.Filled), fmt.Sprintf("under %.0f s", askFilled), f.Filled < askFilled})
	}
	return append(all, f.operation()...)
}

// operation are the figures of who runs the portal.
func (f Figures) operation() []single {
	c := f.Copy
	size := fmt.Sprintf("%d rows, %.1f MB", c.Rows, float64(c.Bytes)/1e6)
	all := []single{
		{
			fmt.Sprintf("A role given or taken by command counts, after its end, the longest of %d (the command itself takes %.0f ms)", f.Force.Count, f.Force.Command),
			fmt.Sprintf("%.1f ms", f.Force.AfterMost), fmt.Sprintf("under %.0f ms", askForce), f.Force.AfterMost < askForce,
		},
		{
			"The same in a second server on the database", fmt.Sprintf("%.0f ms (the longest %.0f ms)", f.Force.SecondHalf, f.Force.SecondMost),
			fmt.Sprintf("under %.0f ms", askSecond), f.Force.SecondMost < askSecond,
		},
		{"Backup beside the running server, " + size, fmt.Sprintf("%.1f s", c.Backup), "", true},
		{"Verifying it by restoring it into a file that goes", fmt.Sprintf("%.1f s", c.Verify), "", true},
		{"Restoring it into SQLite", fmt.Sprintf("%.1f s", c.Restore), "", true},
	}
	if c.MySQL > 0 {
		all = append(all, single{"Restoring it into MySQL", fmt.Sprintf("%.1f s", c.MySQL), "", true}, single{"Backup of that", fmt.Sprintf("%.1f s", c.FromSQL), "", true})
	}
	if s := f.Flood; s != nil {
		all = append(all, single{
			fmt.Sprintf("Other pages' p99 while %.0f sign-ins a second come for %.0f s", s.PerSecond, s.Seconds),
			fmt.Sprintf("%.1f ms (before %.1f ms%s)", s.P99, s.Calm, failures(s.Failed)), fmt.Sprintf("under %.0f ms", askStorm), s.P99 < askStorm && s.Failed == 0,
		})
	}
	return all
}

func failures(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d refused", n)
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "**missed**"
}

func kB(bytes int) string { return fmt.Sprintf("%.1f kB", float64(bytes)/1000) }
