package data

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
)

// download is one file on its way from one mirror.
type download struct {
	Fetcher
	url  string
	want SourceFile
	temp *atomicfile.File
	done int64  // bytes in temp
	etag string // of the answer that they are from
}

// attempt sends one request for what is missing and writes the answer to temp.
// It reports whether it may help to try again.
func (d *download) attempt(ctx context.Context) (again bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stall := time.AfterFunc(d.Stall, func() { cancel(errors.Errorf("nothing arrived for %v", d.Stall)) })
	defer stall.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return false, errors.Wrap(err, "request")
	}
	req.Header.Set("Accept-Encoding", "identity") // or the client would unpack .gz files
	if d.done > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.done))
		if d.etag != "" {
			req.Header.Set("If-Range", d.etag)
		}
	}
	res, err := d.Client.Do(req)
	if err != nil {
		return true, errors.Wrap(cause(ctx, err), "request")
	}
	defer res.Body.Close()
	if again, err := d.place(res); err != nil {
		return again, err
	}
	return d.copy(ctx, res.Body, stall)
}

// place moves to where the answer belongs: its start, or where the last one
// broke off if this one continues it.
func (d *download) place(res *http.Response) (again bool, err error) {
	switch code := res.StatusCode; {
	case code == http.StatusPartialContent && d.done > 0:
		part := res.Header.Get("Content-Range")
		if want := fmt.Sprintf("bytes %d-%d/%d", d.done, d.want.Size-1, d.want.Size); part != want {
			return true, errors.WithMessagef(d.restart(), "Content-Range %q, want %q", part, want)
		}
		return false, nil
	case code == http.StatusOK:
		if n := res.ContentLength; n >= 0 && n != d.want.Size {
			return false, errors.Errorf("%d bytes, want %d", n, d.want.Size)
		}
		d.etag = res.Header.Get("ETag")
		return false, d.rewind()
	case code == http.StatusRequestedRangeNotSatisfiable:
		return true, errors.WithMessage(d.restart(), "status "+res.Status)
	default:
		again := code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout
		return again, errors.Errorf("status %s", res.Status)
	}
}

// restart forgets what has arrived. It returns the error that says so.
func (d *download) restart() error {
	if err := d.rewind(); err != nil {
		return err
	}
	return errors.Errorf("starting again")
}

func (d *download) rewind() error {
	d.done = 0
	if err := d.temp.Truncate(0); err != nil {
		return errors.Wrap(err, "start again")
	}
	_, err := d.temp.Seek(0, io.SeekStart)
	return errors.Wrap(err, "start again")
}

// copy appends body to temp, telling stall of each arrival.
func (d *download) copy(ctx context.Context, body io.Reader, stall *time.Timer) (again bool, err error) {
	buf := make([]byte, 1<<16)
	for {
		n, err := body.Read(buf)
		stall.Reset(d.Stall)
		if d.done+int64(n) > d.want.Size {
			return false, errors.Errorf("more than the %d bytes expected", d.want.Size)
		}
		if _, err := d.temp.Write(buf[:n]); err != nil {
			return false, errors.Wrap(err, "write")
		}
		if n > 0 {
			d.done += int64(n)
			d.Progress(d.want.Name, d.done, d.want.Size)
		}
		if err == io.EOF && d.done == d.want.Size {
			return false, nil
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return true, errors.Wrapf(cause(ctx, err), "broken after %d of %d bytes", d.done, d.want.Size)
		}
	}
}

// cause prefers the reason for which a request was cancelled to its symptom,
// and leaves out the URL, which the caller names.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}
