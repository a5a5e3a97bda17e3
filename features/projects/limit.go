package projects

import (
	"github.com/uptrace/bun"
)

// Limit is a row of project_limits: how many tasks a column of the project's board may hold at once.
type Limit struct {
	bun.BaseModel `bun:"table:project_limits"`
	ProjectID     int64 `bun:",pk"`
	StatusID      int64 `bun:",pk"`
	Most          int64 // 1 or more
}

// mostLimit is the largest limit that can be set.
const mostLimit = 9999

// limit is how many tasks the column may hold; 0 for as many as there are.
func (h heldProject) limit(status int64) int64 {
	for _, l := range h.Limits {
		if l.StatusID == status {
			return l.Most
		}
	}
	return 0
}

// limitForm is the form of a column's limit.
type limitForm struct {
	Most string `form:"most" validate:"max=10"` // empty or 0: no limit
}

// limitCell is the head of a column as it is shown, and edited by who leads the project: "3 / 5".
func (h headView) limitCell(status Status, tasks int64) fieldCell {
	most := h.limit(status.ID)
	f := fieldCell{
		id: "limit-" + id(status.ID), path: h.Project.Path() + "/limits/" + id(status.ID), name: "most", label: "Limit", of: status.Name,
		kind: "text", value: number(most), text: id(tasks), version: 1, max: 4, may: h.mayEdit(h.me) && h.me.Can(editLimit),
	}
	if most > 0 {
		f.text += " / " + id(most)
		f.late = tasks > most
	}
	return f
}
