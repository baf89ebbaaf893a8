// main.mjs URL JOBS: runs jobs that insert one row each, and prints how many end a second.
import { run, makeWorkerUtils, Logger } from 'graphile-worker'
import pg from 'pg'

const [url, count] = process.argv.slice(2)
const jobs = Number(count)
const pgPool = new pg.Pool({ connectionString: url, max: 20 })
const logger = new Logger(() => () => {})
const utils = await makeWorkerUtils({ pgPool, logger })
await utils.migrate()
await pgPool.query('create table if not exists results (id bigserial primary key, job text not null, document jsonb not null)')
await pgPool.query(
  `select graphile_worker.add_job('result', json_build_object('n', n)) from generate_series(1, $1::int) n`, [jobs])
let ended = 0
let all
const done = new Promise((resolve) => { all = resolve })
const began = performance.now()
const runner = await run({
  pgPool, logger, concurrency: 50, noHandleSignals: true, pollInterval: 1000,
  taskList: {
    async result(payload, helpers) {
      await helpers.query('insert into results (job, document) values ($1, $2)', [String(helpers.job.id), payload])
    },
  },
})
runner.events.on('job:complete', () => { if (++ended === jobs) all() })
await done
console.log(jobs / ((performance.now() - began) / 1000))
await runner.stop()
await utils.release()
await pgPool.end()
