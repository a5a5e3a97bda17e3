package auth

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// Bounds of pictures, in pixels on the longer side.
const (
	pictureSide = 256  // of what is kept
	pictureMost = 8192 // of what is read: a small file can unfold to a huge picture
)

// picture reads a PNG or JPEG by its content and makes it anew, at most 256 pixels wide and high,
// so that nothing but the picture itself is kept.
// Errors: what is wrong with it, to follow "its picture".
func picture(body []byte) (typ string, made []byte, err error) {
	if len(body) == 0 {
		return "", nil, errors.New("is empty")
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || format != "png" && format != "jpeg" {
		return "", nil, errors.New("is neither PNG nor JPEG")
	}
	if config.Width > pictureMost || config.Height > pictureMost {
		return "", nil, fmt.Errorf("has %d × %d pixels, too many to read", config.Width, config.Height)
	}
	full, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return "", nil, errors.New("is damaged")
	}
	var out bytes.Buffer
	if format == "png" {
		err = png.Encode(&out, smaller(full))
	} else {
		err = jpeg.Encode(&out, smaller(full), &jpeg.Options{Quality: 88})
	}
	if err != nil {
		return "", nil, fmt.Errorf("can't be made anew: %w", err)
	}
	return "image/" + format, out.Bytes(), nil
}

// smaller is the picture, scaled down if a side is longer than what is kept.
func smaller(full image.Image) image.Image {
	w, h := full.Bounds().Dx(), full.Bounds().Dy()
	long := max(w, h)
	if long <= pictureSide {
		return full
	}
	to := image.NewRGBA(image.Rect(0, 0, max(1, w*pictureSide/long), max(1, h*pictureSide/long)))
	draw.CatmullRom.Scale(to, to.Bounds(), full, full.Bounds(), draw.Over, nil)
	return to
}
