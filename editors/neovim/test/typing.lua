-- What a person sees while typing: a second Neovim gets the keys one after the other, as from a keyboard.
--
--   PLIMSOLL_BIN=path/to/plimsoll nvim --clean --headless -l typing.lua
--
-- Exits with 1 and a sentence at the first thing that isn't as it should be.

local t = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))

local child

local function input(keys)
  vim.rpcrequest(child, 'nvim_input', keys)
end

---Runs Lua in the other Neovim.
local function lua(code, ...)
  return vim.rpcrequest(child, 'nvim_exec_lua', code, { ... })
end

local function line()
  return vim.rpcrequest(child, 'nvim_get_current_line')
end

local function await(what, code, ...)
  local arguments = { ... }
  return t.await(what, function()
    local found = lua(code, unpack(arguments))
    return found ~= vim.NIL and found
  end, function()
    return ('the line is %q, the mode %s'):format(line(), vim.inspect(vim.rpcrequest(child, 'nvim_get_mode')))
  end)
end

---Asks for completions and waits until these words are among them; returns their place in the menu.
local function menu_with(word)
  input('<C-x><C-o>')
  return await('the menu with ' .. word, [[
    if vim.fn.pumvisible() == 0 then
      return
    end
    for index, item in ipairs(vim.fn.complete_info({ 'items' }).items) do
      if item.abbr == ... or item.word == ... then
        return index
      end
    end
  ]], word)
end

---Takes an entry of the menu.
local function take(index)
  input(('<C-n>'):rep(index) .. '<C-y>')
end

local function leave_insert()
  input('<Esc><Esc>')
  await('normal mode', 'return vim.api.nvim_get_mode().mode == "n"')
end

local function completion()
  input('GoRUN --mount=type=ca')
  local index = menu_with('cache')
  -- Neovim 0.11 shows no more than comes with the list, so the server is asked itself.
  local words = lua([[
    local item = vim.fn.complete_info({ 'items' }).items[...].user_data.nvim.lsp.completion_item
    local client = vim.lsp.get_clients({ bufnr = 0, name = 'plimsoll' })[1]
    local documentation = client:request_sync('completionItem/resolve', item, 15000, 0).result.documentation
    return type(documentation) == 'table' and documentation.value or documentation or ''
  ]], index)
  t.check(words ~= '', 'nothing is said of a cache mount')
  take(index)
  await('the type of the mount', 'return vim.api.nvim_get_current_line() == "RUN --mount=type=cache"')
  leave_insert()
  t.step('completed the type of a mount, and said of it: ' .. vim.split(words, '\n')[1])

  input('oCOPY --from=b')
  take(menu_with('build'))
  await('the stage', 'return vim.api.nvim_get_current_line() == "COPY --from=build"')
  leave_insert()
  t.step('completed a stage')

  input('oHEAL')
  take(menu_with('HEALTHCHECK'))
  await('the snippet', 'return vim.snippet.active() and vim.api.nvim_get_current_line():find("^HEALTHCHECK ") ~= nil')
  t.step('expanded a snippet: ' .. line())
  lua('vim.snippet.stop()')
  leave_insert()
end

local function form()
  input('oEXPOSE ')
  await('insert mode', 'return vim.api.nvim_get_mode().mode == "i"')
  input('<C-s>')
  await('the form of EXPOSE', [[
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        return table.concat(lines, '\n'):find('EXPOSE', 1, true) ~= nil
      end
    end
  ]])
  leave_insert()
  input('dd')
  t.step('showed the form of an instruction in insert mode')
end

local function findings()
  local count = [[
    local found = vim.diagnostic.get(0, { lnum = vim.fn.line('.') - 1 })
    return vim.iter(found):any(function(one) return one.code == 'unknown-instruction' end) == ...
  ]]
  input('GoRUM echo 😀')
  leave_insert()
  await('the finding at what was typed', count, true)
  input('0llrN')
  await('the finding to go', count, false)
  t.step('found a fault as it was typed, and saw it mended')
end

local function newer()
  if vim.fn.has('nvim-0.12') == 0 then
    t.step('skipped: formatting while typing and linked editing need Neovim 0.12')
    return
  end
  lua('vim.lsp.on_type_formatting.enable(true)')
  input('Gorun echo \\<CR>')
  await('the indent of the continuation', 'return vim.api.nvim_get_current_line():find("^%s+$") ~= nil')
  leave_insert()
  lua('vim.lsp.linked_editing_range.enable(true)')
  input('GoCOPY <<EOF /a<CR>x<CR>EOF<Esc>2kfEiA')
  await('the other name of the heredoc', 'return vim.api.nvim_buf_get_lines(0, -2, -1, false)[1] == "AEOF"')
  leave_insert()
  t.step('indented a continuation while typing, and renamed both ends of a heredoc')
end

t.run('typing', function()
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder .. '/.git', 'p')
  t.write(folder .. '/Dockerfile', 'FROM node:22 AS build\nRUN echo 안녕\nFROM node:22\n')
  child = vim.fn.jobstart({ vim.v.progpath, '--clean', '--embed', '--headless' }, { rpc = true })
  t.check(child > 0, 'no second Neovim')
  lua([[
    local setup, binary, path = ...
    vim.o.swapfile = false
    vim.o.completeopt = 'menuone,noselect,popup'
    vim.opt.runtimepath:prepend(setup)
    vim.lsp.config('plimsoll', { cmd = { binary, 'lsp' } })
    vim.lsp.enable('plimsoll')
    vim.api.nvim_create_autocmd('LspAttach', {
      callback = function(event)
        vim.lsp.completion.enable(true, event.data.client_id, event.buf)
      end,
    })
    vim.cmd.edit(vim.fn.fnameescape(path))
  ]], t.setup, t.binary, folder .. '/Dockerfile')
  await('plimsoll to attach', [[
    local client = vim.lsp.get_clients({ bufnr = 0, name = 'plimsoll' })[1]
    return client ~= nil and client.initialized == true
  ]])
  completion()
  form()
  findings()
  newer()
  vim.rpcnotify(child, 'nvim_command', 'qall!')
  t.await('the second Neovim to end', function()
    return vim.fn.jobwait({ child }, 0)[1] ~= -1
  end)
end)
