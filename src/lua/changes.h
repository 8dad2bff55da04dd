/* Who listens to the changes of VMs' states. They happen deep in the host's loop, where no Lua can
 * run, and are told between its turns. */
#ifndef BX_LUA_CHANGES_H
#define BX_LUA_CHANGES_H

#include "vm/host.h"

#include <lua.h>

/* hypervisor:listen(function): it is told of every change from now on, as function(vm_id, from, to,
 * reason); nil: nobody is. */
int bx_lua_hypervisor_listen(lua_State *L);

/* when_ready(job, function): the function is called between turns of the loop once the job has
 * something to tell, and again, till it is done. It has to keep the job. */
int bx_lua_when_ready(lua_State *L);

/* Tell what has not been told yet, in order for each hypervisor. A listener may do what any code
 * may; what it raises is raised here, and the changes after it are told the next time. */
void bx_lua_tell_changes(lua_State *L, bx_host *host);

#endif
