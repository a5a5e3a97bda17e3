package documents

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"portal/app/auth"
)

// live reports whether the viewer may hear of the topic.
func (s *documentStore) live(ctx context.Context, topic string) bool {
	v := auth.From(ctx)
	if topic == listTopic {
		return v.Can(seeList)
	}
	n, ok := topicID(topic)
	if !ok || !v.Can(seeDocument) {
		return false
	}
	h, err := s.load(ctx, n) // one in the trash too: that it went there is news for those who saw it
	if err != nil {
		return false
	}
	t, err := s.Tree(ctx)
	return err == nil && h.level(t, v) > LevelNone
}

// heard are those of the topics that the viewer may hear, for what lies in no trash.
func (s *documentStore) heard(ctx context.Context, topics []string) ([]string, error) {
	v := auth.From(ctx)
	var asked []int64
	for _, topic := range topics {
		if n, ok := topicID(topic); ok {
			asked = append(asked, n)
		}
	}
	if len(asked) == 0 || !v.Can(seeDocument) {
		return nil, nil
	}
	t, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var may []int64
	err = s.db.Read.NewSelect().TableExpr("documents AS d").Column("d.id").Where("d.id IN (?)", ids(asked)).Where("d.deleted_at IS NULL").
		Apply(visibleTo(t, v)).Scan(ctx, &may)
	if err != nil {
		return nil, fmt.Errorf("which documents %d may hear of: %w", v.ID, err)
	}
	all := make([]string, len(may))
	for i, n := range may {
		all[i] = documentTopic(n)
	}
	return all, nil
}

// topicID is the id of the document that a topic is about.
func topicID(topic string) (int64, bool) {
	s, ok := strings.CutPrefix(topic, "documents.document:")
	n, err := strconv.ParseInt(s, 10, 64)
	return n, ok && err == nil && n > 0
}
