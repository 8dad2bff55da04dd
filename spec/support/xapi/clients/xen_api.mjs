// Xen Orchestra's client, with its event loop and its watching of tasks, through a VM's life.
//
//     node xen_api.mjs FOLDER URL USER PASSWORD TEMPLATE
//
// FOLDER has node_modules/xen-api. Prints "ok" at the end, or fails.

import assert from 'node:assert'
import { pathToFileURL } from 'node:url'

const [folder, url, user, password, template] = process.argv.slice(2)
const { Xapi } = await import(pathToFileURL(`${folder}/node_modules/xen-api/index.mjs`))

const xapi = new Xapi({ url, auth: { user, password }, debounce: 20 })
await xapi.connect()
await xapi.objectsFetched

const templates = (await xapi.getAllRecords('VM')).filter(vm => vm.name_label === template)
assert.equal(templates.length, 1)
assert.equal(xapi.getObjectByUuid(templates[0].uuid).$ref, templates[0].$ref)

const ref = await xapi.callAsync('VM.clone', templates[0].$ref, 'xen-api clone')
await xapi.call('VM.provision', ref)
await xapi.call('VM.add_to_other_config', ref, 'xen-api', 'was here')
await assert.rejects(xapi.call('VM.add_to_other_config', ref, 'xen-api', 'again'), {
  code: 'MAP_DUPLICATE_KEY',
})
const seen = await xapi.barrier(ref)
assert.equal(seen.other_config['xen-api'], 'was here')

await xapi.callAsync('VM.start', ref, false, false)
for (let tries = 0; ; ++tries) {
  const vm = await xapi.barrier(ref)
  assert.equal(vm.power_state, 'Running')
  const address = vm.$guest_metrics?.networks['0/ip']
  if (address?.startsWith('127.77.')) break
  assert(tries < 100, 'no address')
  await new Promise(resolve => setTimeout(resolve, 50))
}

await assert.rejects(xapi.callAsync('VM.start', ref, false, false), error => {
  assert.equal(error.code, 'VM_BAD_POWER_STATE')
  assert.deepEqual(error.params, [ref, 'halted', 'running'])
  return true
})
await xapi.callAsync('VM.clean_shutdown', ref)
const disks = (await xapi.barrier(ref)).$VBDs.map(vbd => vbd.VDI)
await xapi.callAsync('VM.destroy', ref)
await Promise.all(disks.map(disk => xapi.callAsync('VDI.destroy', disk)))
await xapi.barrier()
assert.equal(xapi.getObjectByRef(ref, undefined), undefined)

await xapi.disconnect()
console.log('ok')
// It does not wait for its logout, and its connections would keep the program alive.
setTimeout(process.exit, 100, 0)
