-- What a person sees who opens a single-stage Next.js Dockerfile in Neovim and converts it.
--
--   PLIMSOLL_BIN=path/to/plimsoll nvim --clean --headless -l main.lua
--
-- Works on a copy of the fixture in Neovim's own temporary folder. Exits with 1 and a sentence at the first thing
-- that isn't as it should be. Nothing waits for a time: every wait is for a condition, with a limit after which it fails.

local LIMIT_MS = 15000

local here = vim.fs.dirname(vim.fs.abspath(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local setup = vim.fs.dirname(here)
local fixture = vim.fs.joinpath(vim.fs.dirname(vim.fs.dirname(setup)), 'fixtures', 'nextjs-single-stage')
local binary = vim.env.PLIMSOLL_BIN or 'plimsoll'

-- Findings that the fixture has, and on which line a person sees them (1-based; 0 where any line will do).
local expected = {
  { 'single-stage-next-image', 0 },
  { 'dockerignore-missing', 0 },
  { 'no-non-root-user', 0 },
  { 'package-manager-cache-mount', 9 },
  { 'node-cmd-npm', 21 },
}

---@type { level: integer, message: string }[]
local notices = {}

local function fail(message, ...)
  error({ plimsoll = message:format(...) }, 0)
end

local function check(condition, message, ...)
  if not condition then
    fail(message, ...)
  end
  return condition
end

local function step(text)
  io.write('  ', text, '\n')
end

---Waits until `probe` returns something true and returns that.
local function await(what, probe, explain)
  local found
  local ok = vim.wait(LIMIT_MS, function()
    found = probe()
    return found
  end, 10)
  if not ok then
    fail('waited %d s in vain for %s%s', LIMIT_MS / 1000, what, explain and ('; ' .. explain()) or '')
  end
  return found
end

local function read(path)
  local file = check(io.open(path, 'rb'), 'there is no file %s', path)
  local text = file:read('*a')
  file:close()
  return text
end

local function write(path, text)
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
end

---Copies the fixture as it is in the repository, without what a build leaves in it.
local function copy_project()
  local project = vim.fn.tempname()
  for name, kind in
    vim.fs.dir(fixture, {
      depth = 10,
      skip = function(dir)
        return dir ~= 'node_modules' and dir ~= '.next'
      end,
    })
  do
    if kind == 'file' and name ~= 'next-env.d.ts' and not name:find('%.tsbuildinfo$') then
      write(vim.fs.joinpath(project, name), read(vim.fs.joinpath(fixture, name)))
    end
  end
  check(vim.uv.fs_stat(project .. '/Dockerfile'), 'no fixture at %s', fixture)
  return vim.uv.fs_realpath(project)
end

---The diagnostics of a buffer as a person would read them off.
local function shown(bufnr)
  return table.concat(
    vim.tbl_map(function(d)
      return ('%d: %s (%s)'):format(d.lnum + 1, d.message, d.code or 'no code')
    end, vim.diagnostic.get(bufnr)),
    '\n    '
  )
end

local function has(bufnr, code, line)
  return vim.iter(vim.diagnostic.get(bufnr)):any(function(d)
    return d.code == code and (line == 0 or d.lnum + 1 == line)
  end)
end

local function open(path)
  vim.cmd.edit(vim.fn.fnameescape(path))
  return vim.api.nvim_get_current_buf()
end

local function text_of(bufnr)
  return table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n') .. '\n'
end

local function line_of(bufnr, wanted)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)) do
    if line == wanted then
      return number
    end
  end
  fail('the Dockerfile has no line %q', wanted)
end

local function attach(bufnr)
  return await('plimsoll to attach', function()
    local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'plimsoll' })[1]
    return client and client.initialized and client
  end, function()
    return ('is %s a server? Notices: %s'):format(binary, vim.inspect(notices))
  end)
end

---Presses K on a line and reads the window that opens.
local function hover(bufnr, line)
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  local before = vim.api.nvim_list_wins()
  vim.lsp.buf.hover()
  local window = await(('a hover on line %d'):format(line), function()
    return vim.iter(vim.api.nvim_list_wins()):find(function(win)
      return not vim.list_contains(before, win)
    end)
  end, function()
    return 'notices: ' .. vim.inspect(notices)
  end)
  local text = text_of(vim.api.nvim_win_get_buf(window))
  vim.api.nvim_win_close(window, true)
  vim.api.nvim_set_current_buf(bufnr)
  return text
end

---Asks for the rewrites at a line and picks the conversion, as a person would from the menu.
local function convert(line)
  vim.api.nvim_win_set_cursor(0, { line, 0 })
  local offered, picked
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.select = function(items, opts, on_choice)
    offered = vim.tbl_map(opts.format_item, items)
    for index, item in ipairs(items) do
      if not item.action.disabled and offered[index]:lower():find('multi%-stage') then
        picked = offered[index]
        on_choice(item, index)
        return
      end
    end
    on_choice(nil)
  end
  vim.lsp.buf.code_action({ context = { only = { 'refactor.rewrite' }, diagnostics = {} } })
  await('a list of code actions', function()
    return offered
  end, function()
    return 'notices: ' .. vim.inspect(notices)
  end)
  check(picked, 'no multi-stage conversion among the actions: %s', vim.inspect(offered))
  return picked
end

local function contains(name, text, wanted)
  for _, piece in ipairs(wanted) do
    check(text:find(piece, 1, true), '%s lacks %q after the conversion:\n%s', name, piece, text)
  end
end

---What the conversion must have made of the project on disk.
local function check_project(project, before)
  local dockerfile = read(project .. '/Dockerfile')
  contains('Dockerfile', dockerfile, {
    'AS builder',
    '/.next/standalone',
    '/.next/static',
    '/public',
    'HOSTNAME=0.0.0.0',
    'USER node',
    'EXPOSE 3000',
    'CMD ["node", "server.js"]',
  })
  local _, stages = ('\n' .. dockerfile):gsub('\nFROM ', '')
  check(stages == 2, 'the Dockerfile has %d stages, two were due:\n%s', stages, dockerfile)
  -- the user's lines up to the build, but for the name that the stage was given
  local build = 'RUN npm run build\n'
  local kept = before.Dockerfile:sub(1, select(2, before.Dockerfile:find(build, 1, true)))
  local now = dockerfile:sub(1, select(2, dockerfile:find(build, 1, true)) or 0):gsub('(FROM [^\n]-) AS builder', '%1', 1)
  check(now == kept, 'the lines up to the build changed. Before:\n%s\nafter:\n%s', kept, now)
  for comment in before.Dockerfile:gmatch('(#[^\n]*)\n') do
    contains('Dockerfile', dockerfile, { comment })
  end

  local config = read(project .. '/next.config.ts')
  check(config:find('output:%s*"standalone"'), 'next.config.ts lacks output: "standalone":\n%s', config)
  local rest = config:gsub('%s*output:%s*"standalone",', '', 1)
  check(rest == before.config, 'next.config.ts changed beyond its output:\n%s', config)

  contains('.dockerignore', read(project .. '/.dockerignore'), { 'node_modules', '.next' })
end

local function main()
  check(vim.fn.executable(binary) == 1, 'no program %q: set PLIMSOLL_BIN or put plimsoll on PATH', binary)
  check(vim.fn.has('nvim-0.11') == 1, 'Neovim 0.11 or newer is needed, this is %s', tostring(vim.version()))
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.notify = function(message, level)
    table.insert(notices, { level = level, message = message })
  end
  vim.opt.runtimepath:prepend(setup)
  vim.opt.swapfile = false
  vim.cmd('filetype on')
  local exit
  vim.lsp.config('plimsoll', {
    cmd = { binary, 'lsp' },
    on_exit = function(code, signal)
      exit = { code = code, signal = signal }
    end,
  })
  vim.lsp.enable('plimsoll')

  local project = copy_project()
  local before = { Dockerfile = read(project .. '/Dockerfile'), config = read(project .. '/next.config.ts') }
  local bufnr = open(project .. '/Dockerfile')
  local client = attach(bufnr)
  check(client.root_dir == project, 'the root is %s, not the project %s', tostring(client.root_dir), project)
  step(('attached: %s, positions in %s'):format(
    client.server_info and (client.server_info.name .. ' ' .. (client.server_info.version or '')) or 'unnamed',
    client.offset_encoding
  ))

  for _, want in ipairs(expected) do
    await(('the finding %s on line %d'):format(want[1], want[2]), function()
      return has(bufnr, want[1], want[2])
    end, function()
      return 'there are:\n    ' .. shown(bufnr)
    end)
  end
  local seen = {}
  for _, d in ipairs(vim.diagnostic.get(bufnr)) do
    local key = ('%s at %d:%d'):format(d.code, d.lnum + 1, d.col + 1)
    check(not seen[key], 'the finding %s is shown twice: pushed and pulled?', key)
    seen[key] = true
  end
  step(('%d findings, each once'):format(#vim.diagnostic.get(bufnr)))

  local text = hover(bufnr, line_of(bufnr, 'RUN npm ci')):lower()
  for _, wanted in ipairs({ 'node_modules', "npm's cache", 'final image', '**survives** a change of `app/page.tsx`' }) do
    check(text:find(wanted, 1, true), 'the hover on RUN npm ci does not say %q:\n%s', wanted, text)
  end
  step('hover on RUN npm ci speaks of node_modules, the cache and the sources')

  local hints = await('inlay hints', function()
    local answers = vim.lsp.buf_request_sync(bufnr, 'textDocument/inlayHint', {
      textDocument = vim.lsp.util.make_text_document_params(bufnr),
      range = { start = { line = 0, character = 0 }, ['end'] = { line = 1000, character = 0 } },
    }, LIMIT_MS)
    local answer = answers and answers[client.id]
    return answer and answer.result and #answer.result > 0 and answer.result
  end)
  local build = vim.iter(hints):find(function(hint)
    return hint.position.line + 1 == line_of(bufnr, 'RUN npm run build')
  end)
  check(build and build.label:find('runs again with any file', 1, true), 'the hints are %s', vim.inspect(hints))
  step(('%d hints; the build says "%s"'):format(#hints, build.label))

  local shown_page
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.open = function(path)
    shown_page = path
  end
  vim.cmd.PlimsollPicture()
  local page = read(await('the picture', function()
    return shown_page
  end, function()
    return 'notices: ' .. vim.inspect(notices)
  end))
  check(page:find('<svg', 1, true) and page:find('RUN npm ci', 1, true), 'the page is no picture:\n%s', page)
  step('the picture opens as a page')

  -- The configuration is open and changed but not saved: the edit must land in the text on the screen.
  local config = open(project .. '/next.config.ts')
  await('next.config.ts to be shown to the server', function()
    return client.attached_buffers[config]
  end)
  vim.api.nvim_buf_set_lines(config, 0, 0, false, { '// 항구의 설정', '' })
  before.config = text_of(config)
  check(#vim.diagnostic.get(config) == 0, 'next.config.ts has findings:\n    %s', shown(config))
  vim.api.nvim_set_current_buf(bufnr)

  local title = convert(line_of(bufnr, 'RUN npm run build'))
  await('the conversion to change the Dockerfile', function()
    return text_of(bufnr) ~= before.Dockerfile
  end, function()
    return 'notices: ' .. vim.inspect(notices)
  end)
  step(('applied "%s"'):format(title))
  vim.cmd('silent wall')
  check_project(project, before)
  step('Dockerfile, next.config.ts and .dockerignore changed on disk, the comments kept')

  await('the findings of the converted file', function()
    return not has(bufnr, 'single-stage-next-image', 0)
  end, function()
    return 'there are:\n    ' .. shown(bufnr)
  end)
  for _, d in ipairs(vim.diagnostic.get(bufnr)) do
    check(d.severity ~= vim.diagnostic.severity.ERROR, 'the converted file has errors:\n    %s', shown(bufnr))
  end
  check(vim.lsp.get_clients({ bufnr = bufnr })[1] == client and not client:is_stopped(), 'the server went away')
  for _, notice in ipairs(notices) do
    check((notice.level or 0) < vim.log.levels.WARN, 'Neovim complained: %s', notice.message)
  end
  step('no errors in the converted file')

  client:stop()
  await('the server to end', function()
    return exit
  end)
  check(exit.code == 0, 'the server ended with code %d, signal %d', exit.code, exit.signal)
  step('the server ended with 0')
end

io.write('plimsoll in Neovim ', tostring(vim.version()), '\n')
local ok, problem = xpcall(main, function(err)
  return type(err) == 'table' and err.plimsoll or debug.traceback(tostring(err), 2)
end)
if not ok then
  io.stderr:write('FAILED: ', problem, '\n')
end
-- No buffer may keep Neovim from leaving, and no server may outlive it.
for _, client in ipairs(vim.lsp.get_clients()) do
  client:stop(true)
end
vim.cmd(ok and 'qall!' or 'cquit 1')
