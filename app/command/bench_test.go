package command_test

import "testing"

func TestBench_MeasuresASmallDepartment(t *testing.T) {
	t.Parallel()
	i := fileInstall(t)
	i.must("demo", "-users", "8", "-projects", "4", "-tasks", "160")
	type load struct {
		Name      string
		PerSecond float64 `json:"per_second"`
		Failed    int
	}
	got := read[struct {
		Floor  load
		Pages  []load
		Moves  struct{ Count, Failed int }
		Start  float64 `json:"start_ms"`
		Memory float64 `json:"memory_mib"`
		Flood  struct{ Pages, Failed int }
		Force  struct{ Count int }
		Copy   struct {
			Rows    int
			Restore float64 `json:"restore_seconds"`
		}
		First struct {
			Files []struct{ Bytes int }
			Total int `json:"total_bytes"`
		} `json:"first_page"`
	}](t, i.must("bench", "-dir", i.dir, "-seconds", "1", "-connections", "1", "-moves", "5", "-storm", "1", "-json"))
	if len(got.Pages) != 3 || len(got.First.Files) < 5 || got.First.Total == 0 || got.Start <= 0 || got.Memory <= 0 {
		t.Errorf("measured %+v", got)
	}
	for _, l := range append(got.Pages, got.Floor) {
		if l.PerSecond <= 0 || l.Failed > 0 {
			t.Errorf("%s: %+v", l.Name, l)
		}
	}
	if got.Flood.Pages == 0 || got.Flood.Failed != 0 || got.Force.Count == 0 || got.Copy.Rows == 0 || got.Copy.Restore <= 0 {
		t.Errorf("storm %+v, rights %+v, backup %+v", got.Flood, got.Force, got.Copy)
	}
	if got.Moves.Count != 5 || got.Moves.Failed != 0 {
		t.Errorf("moves: %+v", got.Moves)
	}
}
