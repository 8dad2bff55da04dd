#include "sbml/operands.h"

#include <sbml/util/List.h>

LIBSBML_CPP_NAMESPACE_USE

namespace
{

/* Its list is not public, and has what getChild lacks. */
struct Node : ASTNode {
    static List *children_of(const ASTNode &node)
    {
        return node.*(&Node::mChildren);
    }
};

} // namespace

void bx_sbml_operands(const ASTNode_t *node, const ASTNode_t **operands)
{
    List *children = Node::children_of(*node);
    for (ListIterator at = children->begin(); at != children->end(); ++at)
        *operands++ = static_cast<const ASTNode *>(*at);
}
