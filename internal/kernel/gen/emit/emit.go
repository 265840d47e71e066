// Package emit is what both generators do around a kernel.
package emit

import (
	"flag"
	"log"
	"os"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
)

// Func begins a function that does what doc says, in the words that follow its
// name. The sentence stands over its declaration and in its assembly.
func Func(name, signature, doc string) {
	build.TEXT(name, attr.NOSPLIT, signature)
	build.Pragma("noescape")
	build.Doc(name + " " + doc)
	build.Comment(name + " " + doc)
}

// Generate writes the files that the flags name. Their
// headers name the command as it is run in gen: go run ./dir, where avo has only
// the name of the source file.
func Generate(dir string) {
	build.Generate()
	for _, name := range []string{"out", "stubs"} {
		file := flag.Lookup(name).Value.String()
		text, err := os.ReadFile(file)
		if err == nil {
			text := strings.Replace(string(text), "by command: go run main.go ", "by command: go run ./"+dir+" ", 1)
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}
