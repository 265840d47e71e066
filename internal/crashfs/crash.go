package crashfs

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Loss says what a crash leaves of what had not been flushed.
type Loss int

const (
	All  Loss = iota // nothing: the worst that a disk may do
	None             // all: the process was killed, the machine was not
	Some             // of every operation and every file at random: the disk wrote in its own order
)

// Crash returns the file system that is found after the machine has stopped now. The
// one that it is called on goes on as if nothing had happened.
func (f *FS) Crash(l Loss, random *rand.Rand) *FS {
	f.mu.Lock()
	defer f.mu.Unlock()
	after := &FS{locks: map[string]bool{}}
	if f.root == nil {
		f.root = folder()
	}
	after.root = f.root.crash(l, random, map[*node]*node{})
	return after
}

// crash copies a node; seen are those that were copied, as an entry that is renamed
// may be found twice.
func (n *node) crash(l Loss, random *rand.Rand, seen map[*node]*node) *node {
	if c := seen[n]; c != nil {
		return c
	}
	c := &node{}
	seen[n] = c
	if n.entries == nil {
		switch l {
		case All:
			c.data = n.flushed
		case None:
			c.data = n.data
		default:
			c.data = torn(n.flushed, n.data, random)
		}
		c.data = append([]byte(nil), c.data...)
		c.flushed = c.data
		return c
	}
	entries := maps.Clone(n.lasting)
	if l == None {
		entries = n.entries
	}
	if l == Some {
		for _, ch := range n.pending {
			if random.IntN(2) == 0 {
				apply(entries, ch)
			}
		}
	}
	c.entries = map[string]*node{}
	for _, name := range slices.Sorted(maps.Keys(entries)) { // in one order, as what is random is drawn in it
		c.entries[name] = entries[name].crash(l, random, seen)
	}
	c.lasting = maps.Clone(c.entries)
	return c
}

// torn is a file of which some was flushed: of the rest there is a part, or its
// length alone.
func torn(flushed, data []byte, random *rand.Rand) []byte {
	if len(data) <= len(flushed) {
		return flushed
	}
	more := random.IntN(len(data) - len(flushed) + 1)
	c := append([]byte(nil), data[:len(flushed)+more]...)
	if random.IntN(2) == 0 {
		for i := len(flushed); i < len(c); i++ {
			c[i] = 0
		}
	}
	return c
}
