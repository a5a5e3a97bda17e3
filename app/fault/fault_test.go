package fault_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"portal/app/fault"
)

func TestWrong_SaysSomethingOfEveryFault(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want map[string]string
	}{
		"a field":  {fault.Field("name", "This is taken."), map[string]string{"name": "This is taken."}},
		"no field": {fault.New(fault.Conflict, "Somebody was faster."), map[string]string{"": "Somebody was faster."}},
		"wrapped":  {fmt.Errorf("save: %w", fault.New(fault.Conflict, "Somebody was faster.")), map[string]string{"": "Somebody was faster."}},
		"none":     {nil, nil},
		"no fault": {errors.New("disk"), map[string]string{"": "Something went wrong on our side."}},
	} {
		if got := fault.Wrong(c.err); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
