package app

import (
	"context"
	"slices"

	"portal/app/feature"
	"portal/app/files"
)

// objects are what features refer to in the store of files, also those that are turned off: their files are theirs still.
func (p *Portal) objects() []*feature.Objects {
	var all []*feature.Objects
	for _, f := range slices.Concat(p.features, p.off) {
		if f.Objects != nil {
			all = append(all, f.Objects)
		}
	}
	return all
}

// knownFiles gives those of the keys that some row refers to.
func (p *Portal) knownFiles(ctx context.Context, keys []string) ([]string, error) {
	var known []string
	for _, o := range p.objects() {
		some, err := o.Known(ctx, keys)
		if err != nil {
			return nil, err
		}
		known = append(known, some...)
	}
	return known, nil
}

// sweepFiles removes files that no row refers to any more, or never came to.
func (p *Portal) sweepFiles(ctx context.Context) error {
	removed, err := p.Files.Sweep(ctx, p.DB.Now(), p.knownFiles)
	if removed > 0 {
		p.Log.Info("files removed that nothing referred to", "files", removed)
	}
	return err
}

// FileCheck is what does not fit between the rows and the store of files.
type FileCheck struct {
	Files   int      // that rows refer to
	Missing []string // keys that rows refer to, and there is no file
	Loose   int      // files that no row refers to, and that are no longer young
}

// filesAtOnce is how many keys are looked at at a time.
const filesAtOnce = 500

// CheckFiles compares rows and files.
func (p *Portal) CheckFiles(ctx context.Context) (FileCheck, error) {
	var c FileCheck
	for _, o := range p.objects() {
		for after := ""; ; {
			keys, err := o.Page(ctx, after, filesAtOnce)
			if err != nil {
				return c, err
			}
			if len(keys) == 0 {
				break
			}
			for _, key := range keys {
				c.Files++
				if has, err := p.Files.Has(ctx, key); err != nil {
					return c, err
				} else if !has {
					c.Missing = append(c.Missing, key)
				}
			}
			after = keys[len(keys)-1]
		}
	}
	err := p.Files.Orphans(ctx, p.DB.Now(), files.Known(p.knownFiles), func(string) error {
		c.Loose++
		return nil
	})
	return c, err
}
