package command

import "github.com/spf13/cobra"

func (t *tool) benchCommand() *cobra.Command { return &cobra.Command{Use: "bench"} }
func (t *tool) floorCommand() *cobra.Command { return &cobra.Command{Use: "bench-floor", Hidden: true} }
