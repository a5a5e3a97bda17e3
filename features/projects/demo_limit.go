package projects

// limits of the demo's boards: every third project has one for what is in progress, and one for what is reviewed.
func (f *filling) limits() []Limit {
	var rows []Limit
	for i, p := range f.projects {
		if i%3 == 0 {
			rows = append(rows, Limit{ProjectID: p.ID, StatusID: f.words.stage(StageProgress).ID, Most: 12}, Limit{ProjectID: p.ID, StatusID: f.words.stage(StageReview).ID, Most: 5})
		}
	}
	return rows
}
