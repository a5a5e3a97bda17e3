package files

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // pictures that are read
	"image/jpeg"
	_ "image/png"
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

const (
	smallSide  = 480      // pixels on the longer side of a small picture
	pixelsMost = 32 << 20 // of a picture that is read: it takes 128 MiB of memory then
)

// one lets one picture at a time be read: several large ones would take all memory.
var one = make(chan struct{}, 1)

// ErrNoPicture says that there is no small picture of this: it is none, is damaged, or has too many pixels to be read.
var ErrNoPicture = errors.New("files: no picture that can be read")

// Small makes a JPEG of at most 480 by 480 pixels of a picture, on white. How many pixels it has is looked at before it is read.
// Errors: ErrNoPicture; r's own.
func Small(r io.ReadSeeker) ([]byte, error) {
	config, _, err := image.DecodeConfig(r)
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > pixelsMost/config.Height {
		return nil, ErrNoPicture
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	one <- struct{}{}
	defer func() { <-one }()
	full, _, err := image.Decode(r)
	if err != nil {
		return nil, ErrNoPicture
	}
	w, h := full.Bounds().Dx(), full.Bounds().Dy()
	if long := max(w, h); long > smallSide {
		w, h = max(1, w*smallSide/long), max(1, h*smallSide/long)
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(to, to.Bounds(), full, full.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 82}); err != nil {
		return nil, ErrNoPicture
	}
	return out.Bytes(), nil
}
