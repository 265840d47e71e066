package tensorboard

import (
	"bytes"
	"image"
	"image/png"
	"reflect"

	"github.com/pkg/errors"
)

// newPicture encodes an image as PNG.
func newPicture(m image.Image) (*Picture, error) {
	if v := reflect.ValueOf(m); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, errors.New("the image is nil")
	}
	size := m.Bounds().Size()
	if size.X < 1 || size.Y < 1 {
		return nil, errors.Errorf("an image of %d×%d pixels", size.X, size.Y)
	}
	p := &Picture{Height: size.Y, Width: size.X, Channels: 4}
	switch x := m.(type) {
	case *image.Gray, *image.Gray16:
		p.Channels = 1
	case interface{ Opaque() bool }:
		if x.Opaque() {
			p.Channels = 3
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil, errors.Wrap(err, "PNG")
	}
	p.Encoded = b.Bytes()
	return p, nil
}
