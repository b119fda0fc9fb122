-- What the tests share: waiting for what a person would see, and a project to work on.
--
-- Nothing waits for a time: every wait is for a condition, with a limit after which the test fails.

local M = {}

M.LIMIT_MS = 15000

local here = vim.fs.dirname(vim.fs.abspath(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))

---The folder of the plugin.
M.setup = vim.fs.dirname(here)
local fixtures = vim.fs.joinpath(vim.fs.dirname(vim.fs.dirname(M.setup)), 'fixtures')
M.binary = vim.env.PLIMSOLL_BIN or 'plimsoll'

---What Neovim told the person.
---@type { level: integer, message: string }[]
M.notices = {}

function M.fail(message, ...)
  error({ plimsoll = message:format(...) }, 0)
end

function M.check(condition, message, ...)
  if not condition then
    M.fail(message, ...)
  end
  return condition
end

function M.step(text)
  io.write('  ', text, '\n')
end

---Waits until `probe` returns something true and returns that.
function M.await(what, probe, explain)
  local found
  local ok = vim.wait(M.LIMIT_MS, function()
    found = probe()
    return found
  end, 10)
  if not ok then
    local more = explain and explain() or 'notices: ' .. vim.inspect(M.notices)
    M.fail('waited %d s in vain for %s; %s', M.LIMIT_MS / 1000, what, more)
  end
  return found
end

function M.read(path)
  local file = M.check(io.open(path, 'rb'), 'there is no file %s', path)
  local text = file:read('*a')
  file:close()
  return text
end

function M.write(path, text)
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
end

---Copies a fixture (the single-stage Next.js project without `name`) as it is in the repository, without what a build
---leaves in it.
function M.copy_project(name)
  local fixture = vim.fs.joinpath(fixtures, name or 'nextjs-single-stage')
  local project = vim.fn.tempname()
  for file, kind in
    vim.fs.dir(fixture, {
      depth = 10,
      skip = function(dir)
        return dir ~= 'node_modules' and dir ~= '.next'
      end,
    })
  do
    if kind == 'file' and file ~= 'next-env.d.ts' and not file:find('%.tsbuildinfo$') then
      M.write(vim.fs.joinpath(project, file), M.read(vim.fs.joinpath(fixture, file)))
    end
  end
  M.check(vim.uv.fs_stat(project .. '/Dockerfile'), 'no fixture at %s', fixture)
  return vim.uv.fs_realpath(project)
end

function M.open(path)
  vim.cmd.edit(vim.fn.fnameescape(path))
  return vim.api.nvim_get_current_buf()
end

function M.lines_of(bufnr)
  return vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
end

function M.text_of(bufnr)
  return table.concat(M.lines_of(bufnr), '\n') .. '\n'
end

---The number of the first line that holds these words.
function M.line_with(bufnr, wanted)
  for number, line in ipairs(M.lines_of(bufnr)) do
    if line:find(wanted, 1, true) then
      return number
    end
  end
  M.fail('there is no line with %q:\n%s', wanted, M.text_of(bufnr))
end

---Puts the cursor on the `n`th `needle` of the buffer (the first one without `n`).
function M.go_to(needle, n)
  local left = n or 1
  for number, line in ipairs(M.lines_of(0)) do
    local from = 1
    while true do
      local at = line:find(needle, from, true)
      if not at then
        break
      end
      left = left - 1
      if left == 0 then
        vim.api.nvim_win_set_cursor(0, { number, at - 1 })
        return
      end
      from = at + 1
    end
  end
  M.fail('there are not so many %q:\n%s', needle, M.text_of(0))
end

function M.attached(bufnr)
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'plimsoll' })[1]
  return client and client.initialized and not client:is_stopped() and client
end

function M.attach(bufnr)
  return M.await('plimsoll to attach', function()
    return M.attached(bufnr)
  end, function()
    return ('is %s a server? Notices: %s'):format(M.binary, vim.inspect(M.notices))
  end)
end

---The diagnostics of a buffer as a person would read them off.
function M.shown(bufnr)
  return table.concat(
    vim.tbl_map(function(d)
      return ('%d: %s (%s)'):format(d.lnum + 1, d.message, d.code or 'no code')
    end, vim.diagnostic.get(bufnr)),
    '\n    '
  )
end

---Whether a finding is shown, on a line (1-based) or on any where it is 0.
function M.has(bufnr, code, line)
  return vim.iter(vim.diagnostic.get(bufnr)):any(function(d)
    return d.code == code and (line == 0 or d.lnum + 1 == line)
  end)
end

function M.noticed(words)
  return vim.iter(M.notices):find(function(notice)
    return notice.message:find(words, 1, true)
  end)
end

---Does something that opens a window, and returns what stands in it. The window is closed again.
function M.window_of(what, action)
  local bufnr = vim.api.nvim_get_current_buf()
  local before = vim.api.nvim_list_wins()
  action()
  local window = M.await(what, function()
    return vim.iter(vim.api.nvim_list_wins()):find(function(win)
      return not vim.list_contains(before, win)
    end)
  end)
  local text = M.text_of(vim.api.nvim_win_get_buf(window))
  vim.api.nvim_win_close(window, true)
  vim.api.nvim_set_current_buf(bufnr)
  return text
end

---Answers the next list that Neovim asks a person to choose from with the entry that has these words. Returns a
---function that waits for the list and returns all its entries.
function M.choose(words)
  local offered, picked
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.select = function(items, opts, on_choice)
    local format = opts.format_item or tostring
    offered = vim.tbl_map(format, items)
    for index, item in ipairs(items) do
      if not (item.action and item.action.disabled) and offered[index]:lower():find(words, 1, true) then
        picked = offered[index]
        on_choice(item, index)
        return
      end
    end
    on_choice(nil)
  end
  return function()
    M.await('a list to choose from', function()
      return offered
    end)
    M.check(picked, 'nothing with %q among: %s', words, vim.inspect(offered))
    return picked, offered
  end
end

---Asks the server itself, for what Neovim shows in a way that can't be read off.
function M.ask(method, params)
  params.textDocument = { uri = vim.uri_from_bufnr(0) }
  local answers = vim.lsp.buf_request_sync(0, method, params, M.LIMIT_MS)
  for _, answer in pairs(answers or {}) do
    M.check(not answer.err, '%s: %s', method, vim.inspect(answer.err))
    return answer.result
  end
  M.fail('no answer to %s', method)
end

---The processes of servers, as this Neovim has started them.
function M.processes()
  return vim.tbl_filter(function(pid)
    local process = vim.api.nvim_get_proc(pid)
    return process and process.name:find('plimsoll', 1, true)
  end, vim.api.nvim_get_proc_children(vim.fn.getpid()))
end

---Runs a test in this Neovim, with the plugin (or another folder) on the runtimepath, and leaves with 0 or 1.
function M.run(name, main, plugin)
  io.write('plimsoll in Neovim ', tostring(vim.version()), ': ', name, '\n')
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.notify = function(message, level)
    table.insert(M.notices, { level = level, message = message })
  end
  local ok, problem = xpcall(function()
    M.check(vim.fn.executable(M.binary) == 1, 'no program %q: set PLIMSOLL_BIN or put plimsoll on PATH', M.binary)
    M.check(vim.fn.has('nvim-0.11') == 1, 'Neovim 0.11 or newer is needed, this is %s', tostring(vim.version()))
    vim.opt.runtimepath:prepend(plugin or M.setup)
    vim.opt.swapfile = false
    vim.cmd('filetype on')
    vim.cmd('runtime! plugin/plimsoll.lua')
    vim.lsp.config('plimsoll', { cmd = { M.binary, 'lsp' } })
    main()
  end, function(err)
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
end

return M
