#include <libxml/xmlversion.h>
// ICU's own headers and those that Foundation brings along say different things; nothing of it is used here.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
