package app

import (
	"context"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/inbox"
	"portal/components"
)

// kinds are all sorts of notifications there are, of the features that are on.
func (p *Portal) kinds() []inbox.Kind {
	var all []inbox.Kind
	for _, f := range p.features {
		all = append(all, f.Notices...)
	}
	return all
}

// heardOf are those of the topics that the viewer may hear, as the features say that own them. A feature that is off says nothing.
func (p *Portal) heardOf(ctx context.Context, topics []string) ([]string, error) {
	var may []string
	for _, f := range p.features {
		own := slices.DeleteFunc(slices.Clone(topics), func(t string) bool {
			name, _, _ := strings.Cut(t, ".")
			return name != f.Name
		})
		if len(own) == 0 {
			continue
		}
		heard, err := heardBy(ctx, f, own)
		if err != nil {
			return nil, err
		}
		may = append(may, heard...)
	}
	return may, nil
}

// mayHear reports whether that person may hear of the topic, with the rights they have now.
func (p *Portal) mayHear(ctx context.Context, user int64, topic string) (bool, error) {
	v, err := p.Users.Viewer(ctx, user)
	if fault.Is(err, fault.SignIn) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	may, err := p.heardOf(auth.With(ctx, v), []string{topic})
	return slices.Contains(may, topic), err
}

func heardBy(ctx context.Context, f feature.Feature, topics []string) ([]string, error) {
	if f.Heard != nil {
		return f.Heard(ctx, topics)
	}
	return slices.DeleteFunc(topics, func(t string) bool { return f.Live == nil || !f.Live(ctx, t) }), nil
}

// bell is the way to the viewer's inbox. A page does without the number when it can't be counted.
func (p *Portal) bell(ctx context.Context, v *auth.Viewer, path string) components.Bell {
	if !v.Can("home.inbox.see") {
		return components.Bell{}
	}
	n, err := p.Inbox.Unread(ctx)
	if err != nil {
		p.Log.Warn("the unread notifications can't be counted", "error", err)
	}
	return components.Bell{Topic: inbox.Topic(v.ID), Unread: n, Active: path == "/inbox"}
}
