package mark

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestError(t *testing.T) {
	kind, cause := errors.New("kind"), &fs.PathError{Op: "open", Path: "f", Err: fs.ErrNotExist}
	err := fmt.Errorf("above: %w", Error(fmt.Errorf("here: %w", cause), kind))
	if err.Error() != "above: here: open f: file does not exist" {
		t.Errorf("text %q", err)
	}
	var path *fs.PathError
	if !errors.Is(err, kind) || !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &path) || path != cause || errors.Is(err, errors.New("kind")) {
		t.Errorf("%v is not found to be what it is", err)
	}
	if Error(nil, kind) != nil {
		t.Error("no error became one")
	}
	if once := Error(cause, kind); Error(once, kind) != once {
		t.Error("marked twice")
	}
}
